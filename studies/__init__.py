"""Questions put to the simulator, each with its scenario, one command and a page in docs/studies."""
