"""What import-linter cannot see: foreign keys point down the layers too, and migrations stay in a line."""

from collections import defaultdict
from pathlib import Path

from django.apps import apps
from django.db.migrations.loader import MigrationLoader

LAYERS = (
    ("core", "events", "audit"),
    ("people",),
    ("segments", "channels"),
    ("consent", "scheduling"),
    ("messaging",),
    ("desk",),
    ("campaigns", "inbound", "ehr"),
    ("reports", "insights"),
    ("web", "api"),
    ("lab",),
    ("ops",),
)
HEIGHT = {label: height for height, labels in enumerate(LAYERS) for label in labels}


def test_foreign_keys_point_down_the_layers() -> None:
    wrong = []
    for model in apps.get_models():
        label = model._meta.app_label
        if label not in HEIGHT:
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "remote_field", None) and field.related_model
            if not target or field.auto_created:
                continue
            other = target._meta.app_label
            is_stranger = other != label and HEIGHT.get(other) == HEIGHT[label] and label not in LAYERS[0]
            if HEIGHT.get(other, -1) > HEIGHT[label] or is_stranger:
                wrong.append(f"{model.__name__}.{field.name} -> {target.__name__}")
    assert wrong == []


def test_every_package_of_ours_has_a_place_in_the_layers() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("beckon")}
    assert ours <= set(HEIGHT)


def test_flooded_tables_keep_one_foreign_key_at_most() -> None:
    for name in ("messaging.Message", "desk.Call", "events.Event", "audit.AuditEntry", "campaigns.StepRecord"):
        model = apps.get_model(name)
        keys = [f for f in model._meta.get_fields() if f.is_relation and not f.auto_created]
        assert len(keys) <= 1, name


def test_migrations_of_each_package_are_a_line() -> None:
    leaves = defaultdict(list)
    for label, name in MigrationLoader(None).graph.leaf_nodes():
        leaves[label].append(name)
    assert {label: names for label, names in leaves.items() if len(names) > 1} == {}


def test_each_package_says_what_it_is_for() -> None:
    root = Path(__file__).resolve().parents[2] / "beckon"
    packages = {HEIGHT_LABEL for HEIGHT_LABEL in HEIGHT if (root / HEIGHT_LABEL / "apps.py").exists()}
    missing = [package for package in packages if not (root / package / "README.md").exists()]
    assert missing == []
