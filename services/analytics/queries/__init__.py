"""SQL that reads in order to show: one statement per report.

Every statement begins its conditions with the caller's scope: all, the units they see, their own.
Counts, sums and rates of nothing are 0; averages and quantiles of nothing are null.
"""
