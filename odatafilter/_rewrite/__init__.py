"""Syntax trees made into others: negated, bound, renamed, replaced in, simplified."""
