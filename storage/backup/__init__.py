"""Copies of a database: into files of a backup and back, and straight into another database."""
