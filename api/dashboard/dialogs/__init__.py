"""Dialogs of the page: filters, lists in full, flow and funnels; each its own address."""
