"""A Fit and a template to a scenario, settled against simulation."""
