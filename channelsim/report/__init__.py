"""What a person sees: tables, charts, files."""
