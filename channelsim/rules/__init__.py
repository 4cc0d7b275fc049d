"""The business, decision by decision: scalar functions over the program, each written once for every engine."""
