"""The program layer: the flat arrays that engines read, and the only translator from a scenario to them."""
