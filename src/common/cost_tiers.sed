# The cost tiers of every function, named once.  An install script says
# "COST @parse@"; make puts the number in.  Units are PostgreSQL's
# cpu_operator_cost, so 1 is one comparison.
#
# trivial: compare, hash, cast between fixed-width values
s/COST @trivial@/COST 1/
# parse: read or write one short text value
s/COST @parse@/COST 10/
# statement: a look-up in tables, or one SQL statement
s/COST @statement@/COST 100/
# series: work that grows with a series or an array
s/COST @series@/COST 1000/
# solve: a whole set solved in one call
s/COST @solve@/COST 100000/
