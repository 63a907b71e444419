"""FHIR R4, to read: studies, and answers about them as reports and observations."""
