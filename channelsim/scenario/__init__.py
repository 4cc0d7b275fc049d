"""The scenario layer: what people write, checked and explained in their own words."""
