"""How every form looks: label, hint, error and field, in that order, as GOV.UK's."""

from django.forms.renderers import TemplatesSetting


class PlainForms(TemplatesSetting):
    """Fields by components/field.html; widgets by Django's own templates."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
