"""From a CRM's export to a scenario: read, estimate with its uncertainty, write, test against what came later."""
