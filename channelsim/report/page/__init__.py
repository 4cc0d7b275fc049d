"""report.html: a run as one page that reads on a phone, prints, and needs nothing from anywhere else."""
