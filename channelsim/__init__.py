"""channelsim: simulate a sales organisation lead by lead, and compare ways to sell."""
