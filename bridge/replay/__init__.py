"""The past, day by day: pure. `days` are the days asked for, `past_tree` and `sweep` what there was on each
of them, `states` and `inputs` how what a number was made of is kept and brought back."""
