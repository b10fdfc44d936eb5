#!/usr/bin/env perl
# Runs the ```sql blocks of a Markdown file in one psql session and compares
# what each prints with the ```text block that follows it, if one does.
# Prints TAP: one test a block.
#
#   readme_examples.pl FILE DATABASE
use strict;
use warnings;

my ($file, $database) = @ARGV;
open(my $in, '<', $file) or die "cannot read $file: $!";
my (@blocks, $kind, $text, $line_number);
my $last_sql;
while (my $line = <$in>)
{
	if (!defined $kind && $line =~ /^```(\w*)\s*$/)
	{
		($kind, $text, $line_number) = ($1, '', $.);
	}
	elsif (defined $kind && $line =~ /^```\s*$/)
	{
		if ($kind eq 'sql')
		{
			$last_sql = { sql => $text, line => $line_number };
			push @blocks, $last_sql;
		}
		elsif ($kind eq 'text' && $last_sql)
		{
			$last_sql->{expected} = $text;
			undef $last_sql;
		}
		undef $kind;
	}
	elsif (defined $kind)
	{
		$text .= $line;
	}
	elsif ($line =~ /\S/)
	{
		# Only a block that directly follows is an expected output.
		undef $last_sql;
	}
}
if (!@blocks)
{
	print "1..1\nnot ok 1 - $file has no examples\n";
	exit 1;
}

# One session for the whole file, with a mark after each block.
my $script = '';
for my $number (0 .. $#blocks)
{
	$script .= $blocks[$number]{sql} . "\n\\echo <<<end of block $number>>>\n";
}
my $script_file = "/tmp/readme_examples.$$.sql";
open(my $out, '>', $script_file) or die "cannot write $script_file: $!";
print $out $script;
close $out;
my $printed = `psql -X -q -v SHOW_CONTEXT=never -d $database -f $script_file 2>&1`;
unlink $script_file;

sub tidy
{
	my ($shown) = @_;
	$shown =~ s/psql:\S+?:\d+: //g;
	$shown =~ s/[ \t]+$//mg;
	$shown =~ s/\n+\z//;
	$shown =~ s/\A\n+//;
	return $shown;
}

print '1..', scalar(@blocks), "\n";
my $failures = 0;
for my $number (0 .. $#blocks)
{
	my $block = $blocks[$number];
	my $ok = $printed =~ s/\A(.*?)<<<end of block $number>>>\n//s;
	my $got = tidy($ok ? $1 : $printed);
	my $wanted = defined $block->{expected} ? tidy($block->{expected}) : undef;
	my $same = $ok && (defined $wanted ? $got eq $wanted : $got !~ /^(ERROR|FATAL)/m);
	printf "%s %d - %s line %d\n", $same ? 'ok' : 'not ok', $number + 1, $file, $block->{line};
	next if $same;
	$failures++;
	(my $shown = $got) =~ s/^/#   /mg;
	print "# printed:\n$shown\n";
}
exit($failures ? 1 : 0);
