"""An app of Django for the tests."""
