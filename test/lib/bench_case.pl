#!/usr/bin/env perl
# Runs one benchmark file in one psql session: after the setup, five rounds of
# ours and every baseline in turn.  Prints a row for each baseline.
#
#   bench_case.pl FILE DATABASE
use strict;
use warnings;
use File::Basename;

my $rounds = 5;
my ($file, $database) = @ARGV;
my ($rows, $setup, $ours, $teardown, @baselines) = ('', '', '', '');
my $section = \my $preface;
open(my $in, '<', $file) or die "cannot read $file: $!";
while (my $line = <$in>)
{
	if ($line =~ /^-- rows (\d+)/) { $rows = $1; }
	elsif ($line =~ /^-- setup\s*$/) { $section = \$setup; }
	elsif ($line =~ /^-- teardown\s*$/) { $section = \$teardown; }
	elsif ($line =~ /^-- ours\s*$/) { $section = \$ours; }
	elsif ($line =~ /^-- baseline\s*(.*?)\s*$/)
	{
		push @baselines, { name => $1, sql => '', bar => '' };
		$section = \$baselines[-1]{sql};
	}
	elsif ($line =~ /^-- bar (>=|<=) ([\d.]+)/) { @{ $baselines[-1] }{qw(sign bar)} = ($1, $2); }
	else { $$section .= $line; }
}

my $script = "\\set ON_ERROR_STOP on\n\\o /dev/null\n$setup\n\\timing on\n";
for my $round (1 .. $rounds)
{
	$script .= "\\echo <<<0>>>\n$ours\n";
	for my $number (0 .. $#baselines)
	{
		$script .= '\echo <<<' . ($number + 1) . ">>>\n$baselines[$number]{sql}\n";
	}
}
$script .= "\\echo <<<end>>>\n$teardown\n";
my $script_file = "/tmp/bench_case.$$.sql";
open(my $out, '>', $script_file) or die "cannot write $script_file: $!";
print $out $script;
close $out;
my $printed = `psql -X -q -d $database -f $script_file 2>&1`;
my $status = $?;
unlink $script_file;
if ($status)
{
	print basename($file), " failed:\n$printed";
	exit 1;
}

sub median
{
	my @sorted = sort { $a <=> $b } @_;
	return $sorted[ int(@sorted / 2) ];
}

my (%times, $current);
for my $line (split /\n/, $printed)
{
	if ($line =~ /^<<<(\d+)>>>/)
	{
		$current = $1;
		push @{ $times{$current} }, 0;
	}
	elsif ($line =~ /^<<<end>>>/) { undef $current; }
	elsif (defined $current && $line =~ /^Time: ([\d.]+) ms/)
	{
		$times{$current}[-1] += $1;
	}
}
my $missed = 0;
my $our_time = median(@{ $times{0} });
(my $case = basename($file)) =~ s/\.sql$//;
for my $number (0 .. $#baselines)
{
	my $baseline = $baselines[$number];
	my $their_time = median(@{ $times{ $number + 1 } });
	my $sign = $baseline->{sign} // '>=';
	my $ratio = $sign eq '>=' ? $their_time / $our_time : $our_time / $their_time;
	my $met = !$baseline->{bar} || ($sign eq '>=' ? $ratio >= $baseline->{bar} : $ratio <= $baseline->{bar});
	printf "%-34s %10s %12.1f %12.1f %8.2f  %s%s\n", "$case / $baseline->{name}", $rows, $our_time, $their_time, $ratio,
		$baseline->{bar} ? "$sign $baseline->{bar}" : '', $met ? '' : '  MISSED';
	$missed = 1 unless $met;
}
exit $missed;
