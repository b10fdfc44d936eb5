#!/usr/bin/env perl
# Drafts an upgrade script: what turns the extension that one install script
# made into the one that another makes.
#
#   make_upgrade.pl OLD.sql NEW.sql [BY_HAND.sql] > src/upgrade/caregroup--OLD--NEW.sql
#
# A function that changed is replaced where PostgreSQL allows it, and else
# dropped and made anew; what a table gained is written by hand in a file that
# goes first.  The tables that hold the contract and what hubs are
# made of are emptied and filled again: they are the extension's, not the
# user's.  test/system/hub_upgrade.sh proves the result equal to a fresh
# install; a person reads the draft before that.
use strict;
use warnings;

my ($old_file, $new_file, $by_hand) = @ARGV;

# The statements of a script, comments and psql's \echo left out.
sub statements
{
	my ($file) = @_;
	open(my $in, '<', $file) or die "cannot read $file: $!";
	local $/;
	my $text = <$in>;
	$text =~ s/^\\echo.*$//mg;
	my (@found, $current, $atomic);
	$current = '';
	$atomic = 0;
	while ($text =~ /\G(--[^\n]*\n|\$(\w*)\$.*?\$\2\$|'(?:[^']|'')*'|"[^"]*"|\bBEGIN ATOMIC\b|\bEND;|;|.)/gs)
	{
		my $token = $1;
		if ($token =~ /^--/) { $current .= $token if $current =~ /\S/; next; }
		$atomic = 1 if $token eq 'BEGIN ATOMIC';
		$current .= $token;
		if ($token eq 'END;' && $atomic) { $atomic = 0; }
		elsif ($token ne ';' || $atomic) { next; }
		$current =~ s/^\s+|\s+$//g;
		push @found, $current if $current ne ';';
		$current = '';
	}
	return @found;
}

# What a statement makes, so that the two scripts can be matched.
sub object_of
{
	my ($statement) = @_;
	if ($statement =~ /^CREATE (FUNCTION|PROCEDURE|AGGREGATE) (\w+)\s*\((.*?)\)\s*(?:RETURNS|LANGUAGE|\()/s)
	{
		my ($kind, $name, $arguments) = ($1, $2, $3);
		my @types;
		for my $argument (split /,(?![^(]*\))/, $arguments)
		{
			$argument =~ s/^\s+|\s+$//g;
			next if $argument =~ /^OUT\b/ || $argument eq '';
			$argument =~ s/\s+DEFAULT\b.*//s;
			my @words = split /\s+/, $argument;
			shift @words if @words > 1 && $words[0] !~ /^(double|timestamp)$/;
			push @types, join ' ', @words;
		}
		return "$kind $name(" . join(', ', @types) . ')';
	}
	return "TABLE $1" if $statement =~ /^CREATE TABLE (\w+)/;
	return "DATA $1 " . length($statement) if $statement =~ /^INSERT INTO (\w+)/;
	(my $head = $statement) =~ s/\s+/ /g;
	return $head;
}

my @old = statements($old_file);
my @new = statements($new_file);
my (%old_text, %new_text, %old_result);
$old_text{ object_of($_) } = $_ for @old;
$new_text{ object_of($_) } = $_ for @new;

# Names and types of the result decide whether a function can be replaced.
sub result_of
{
	my ($statement) = @_;
	my ($signature) = $statement =~ /^(.*?)\bLANGUAGE\b/s;
	$signature =~ s/\s+/ /g;
	return $signature;
}

my ($old_version) = $old_file =~ /--([\d.]+)\.sql$/;
my ($new_version) = $new_file =~ /--([\d.]+)\.sql$/;
print "-- caregroup $old_version to $new_version.\n";
print '\echo Use "ALTER EXTENSION caregroup UPDATE" to load this file. \quit', "\n\n";

print "-- What is no longer there, or comes back with other arguments or results.\n\n";
for my $statement (reverse @old)
{
	my $object = object_of($statement);
	next unless $object =~ /^(FUNCTION|PROCEDURE|AGGREGATE)/;
	my $now = $new_text{$object};
	next if defined $now && ($object !~ /^FUNCTION/ || result_of($now) eq result_of($statement));
	print "DROP $object;\n";
	delete $old_text{$object};
}

my $hand_text = '';
if ($by_hand)
{
	open(my $in, '<', $by_hand) or die "cannot read $by_hand: $!";
	local $/;
	$hand_text = <$in>;
	print "\n$hand_text";
}

my %filled = map { /^INSERT INTO (\w+)/ ? ($1 => 1) : () } @old, @new;
my @emptied = grep { exists $old_text{"TABLE $_"} } sort keys %filled;
print "\n-- The extension's own data are made anew further down.\n\n";
print 'TRUNCATE ', join(', ', @emptied), " RESTART IDENTITY;\n\n" if @emptied;

print "-- What is new or changed.\n\n";
for my $statement (@new)
{
	my $object = object_of($statement);
	my $before = $old_text{$object};
	if ($statement =~ /^INSERT INTO/) { print "$statement\n\n"; }
	elsif (!defined $before) { print "$statement\n\n"; }
	elsif ($before ne $statement)
	{
		next if $object =~ /^TABLE (\w+)/ && $hand_text =~ /ALTER TABLE $1\b/;
		die "cannot draft the change of $object\n" unless $object =~ /^(FUNCTION|PROCEDURE|AGGREGATE)/;
		(my $replaced = $statement) =~ s/^CREATE /CREATE OR REPLACE /;
		print "$replaced\n\n";
	}
}
