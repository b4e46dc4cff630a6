"""Syntax tree + what is documented → plan: one typed form, which evaluation and all backends run."""
