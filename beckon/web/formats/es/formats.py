"""Numbers as Spanish speakers in the United States write them; dates stay Django's."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
