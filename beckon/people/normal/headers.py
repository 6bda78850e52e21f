"""The words by which files in English and Spanish head their columns. Data only."""

from beckon.people.normal.fields import LINE_COLUMN, REASON_COLUMN, Field

WORDS: dict[Field, str] = {
    Field.GIVEN_NAME: (
        "first name|first|fname|firstname|given name|given|forename|patient first name|pt first|nombre|"
        "nombres|primer nombre|first nm|name first|patientfirstname|member first name|christian name"
    ),
    Field.MIDDLE_NAME: ("middle name|middle|mname|mi|middle initial|segundo nombre|name middle|patient middle name"),
    Field.FAMILY_NAME: (
        "last name|last|lname|lastname|surname|family name|family|patient last name|pt last|apellido|"
        "apellidos|primer apellido|last nm|name last|patientlastname|member last name"
    ),
    Field.FULL_NAME: (
        "name|full name|patient name|patient|contact name|nombre completo|paciente|pt name|customer name|"
        "member name|fullname|client name|client|nombre y apellido|nombre y apellidos|contact|person"
    ),
    Field.NAME_SUFFIX: "suffix|name suffix|sfx|sufijo",
    Field.BIRTH_DATE: (
        "dob|date of birth|birth date|birthdate|birthday|d o b|bdate|fecha de nacimiento|fecha nacimiento|"
        "fec nac|nacimiento|patient dob|pt dob|birth dt|born|f nacimiento|fdn"
    ),
    Field.SEX: ("sex|gender|sexo|género|genero|m f|administrative sex|birth sex|sex assigned at birth"),
    Field.LANGUAGE: (
        "language|lang|preferred language|primary language|idioma|lengua|pref lang|language preference|"
        "spoken language|idioma preferido"
    ),
    Field.MOBILE_PHONE: (
        "cell phone|cell|mobile|mobile phone|cell number|mobile number|cellphone|celular|móvil|movil|"
        "teléfono móvil|telefono celular|cell ph|mobile ph|cel|phone cell|phone mobile|wireless|text number|"
        "sms|patient cell|cell phone number|mobile phone number|mobile no|cell no|sms number|"
        "número de celular"
    ),
    Field.HOME_PHONE: (
        "home phone|home|phone home|home number|home ph|landline|teléfono casa|telefono de casa|"
        "teléfono fijo|telefono fijo|hm phone|home telephone|home phone number|res phone|residence phone|"
        "casa|hphone|home tel"
    ),
    Field.WORK_PHONE: (
        "work phone|work|business phone|office phone|phone work|work number|wk phone|teléfono trabajo|"
        "telefono del trabajo|trabajo|employer phone|work ph|wphone|daytime phone|day phone|"
        "work phone number|business"
    ),
    Field.PHONE: (
        "phone|telephone|tel|phone number|phone no|primary phone|teléfono|telefono|phone1|phone2|phone3|"
        "phone 1|phone 2|phone 3|ph|other phone|alt phone|alternate phone|contact number|número de teléfono|"
        "secondary phone|patient phone|best phone|contact phone|evening phone|number|numero|tel no|"
        "telephone number|main phone|preferred phone"
    ),
    Field.EMAIL: (
        "email|e mail|email address|mail|correo|correo electrónico|correo electronico|email1|email2|email 1|"
        "email 2|patient email|e mail address|primary email|other email|alt email|secondary email"
    ),
    Field.ADDRESS_LINE1: (
        "address|address1|address 1|street|street address|addr|addr1|address line 1|addr 1|dirección|"
        "direccion|calle|domicilio|mailing address|home address|patient address|line1|street 1|address line1|"
        "street1|addressline1|res address|residential address"
    ),
    Field.ADDRESS_LINE2: (
        "address2|address 2|addr2|addr 2|address line 2|apt|unit|suite|apartment|line2|apartamento|street 2|"
        "dirección 2|address line2|street2|addressline2|apt unit|apt no"
    ),
    Field.CITY: ("city|town|ciudad|municipality|municipio|localidad|patient city|mailing city|home city"),
    Field.STATE: ("state|st|province|estado|state code|patient state|mailing state|home state|us state"),
    Field.POSTAL_CODE: (
        "zip|zip code|zipcode|postal code|postcode|zip5|código postal|codigo postal|cp|c p|postal|zip 5|"
        "patient zip|mailing zip|home zip|zip postal code|zip4|zip plus 4|zip code 5"
    ),
    Field.TIME_ZONE: "time zone|timezone|tz|zona horaria|huso horario",
    Field.RECORD_NUMBER: (
        "mrn|medical record number|medical record|record number|patient id|patient number|chart|chart number|"
        "chart no|account number|acct|acct no|account|external id|id|patientid|pt id|member id|person id|"
        "emr id|ehr id|número de expediente|expediente|historia clínica|record no|record id|contact id|"
        "patient no|mrn no|client id|prospect id|lead id"
    ),
    Field.OK_TO_TEXT: (
        "ok to text|text ok|sms ok|text consent|sms consent|consent to text|sms opt in|text opt in|"
        "opt in sms|consent sms|can text|textable|ok text|permiso de texto|acepta mensajes|acepta sms|"
        "text permission|sms permission|allow text|allow sms|consentimiento sms|oktotext|texting ok|"
        "receive texts"
    ),
    Field.OK_TO_VOICEMAIL: (
        "ok to leave message|ok to leave voicemail|voicemail ok|leave message|ok voicemail|vm ok|"
        "leave voicemail|voicemail consent|consent voicemail|ok to leave vm"
    ),
    Field.OK_TO_CALL: (
        "ok to call|call ok|can call|call consent|consent to call|phone consent|consent voice|voice consent|"
        "acepta llamadas|call permission"
    ),
    Field.OK_TO_EMAIL: (
        "ok to email|email ok|email consent|email opt in|opt in email|consent email|can email|acepta correo|"
        "email permission"
    ),
    Field.DO_NOT_CONTACT: (
        "do not call|dnc|do not contact|no contact|opt out|opted out|no llamar|do not call flag|dnc flag|"
        "unsubscribed|no contactar|donotcall|suppress|dnd|do not disturb"
    ),
    Field.DECEASED: (
        "deceased|date of death|death date|deceased date|dod|died|is deceased|fallecido|fecha de defunción|"
        "defunción|deceased flag|expired|death dt"
    ),
    Field.LAST_ENCOUNTER: (
        "last visit|last encounter|last seen|last visit date|last encounter date|última visita|ultima visita|"
        "last dos|last office visit|date last seen|date of last visit|last date of service|ultima consulta|"
        "last ov|last encounter dt|lastvisit"
    ),
    Field.LAST_APPOINTMENT: (
        "last appointment|last appt|last appointment date|last appt date|última cita|ultima cita|"
        "previous appointment|lastappt|last appt dt|prior appointment"
    ),
    Field.LAST_APPOINTMENT_OUTCOME: (
        "last appointment outcome|last appt status|last appointment status|appointment status|appt status|"
        "appt outcome|last appt outcome|estado de la cita|outcome|last status|status of last appointment|"
        "visit status"
    ),
    Field.NEXT_APPOINTMENT: (
        "next appointment|next appt|next appointment date|next appt date|next visit|próxima cita|"
        "proxima cita|upcoming appointment|future appt|nextappt|scheduled appointment|future appointment"
    ),
    Field.GUARDIAN_NAME: (
        "guardian|guardian name|parent|parent name|responsible party|parent guardian|guarantor|"
        "guarantor name|tutor|padre o tutor|mother name|responsible party name|nombre del tutor"
    ),
    Field.GUARDIAN_PHONE: (
        "guardian phone|parent phone|guarantor phone|responsible party phone|teléfono del tutor|"
        "parent guardian phone|guardian cell|parent cell"
    ),
    Field.IGNORE: (
        f"{LINE_COLUMN.lower()}|{REASON_COLUMN.lower()}|"
        "notes|comments|insurance|payer|provider|pcp|doctor|age|ssn|race|ethnicity|marital status|county|"
        "country|notas|edad|país|fax|fax number|religion|plan|employer|row|row number|no|line"
    ),
}
"""Field -> headers, separated by |, in small letters with blanks for any mark."""
