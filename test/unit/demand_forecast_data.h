/*-------------------------------------------------------------------------
 *
 * demand_forecast_data.h
 *	  For the tests of forecasts: TAP, and the figures of other tools in
 *	  ../shared/data/demand, which may not be there.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DEMAND_FORECAST_DATA_H
#define DEMAND_FORECAST_DATA_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_VALUES 4000

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

static inline void
skip(const char *what)
{
	printf("ok %d # SKIP %s\n", ++tests, what);
}

static inline int
finish(void)
{
	printf("1..%d\n", tests);
	return failures != 0;
}

/* A file of comma-separated values whose first line names its peer. */
typedef struct Csv
{
	FILE	   *file;
	int			columns;
	char		names[20][40];
	char	   *fields[20];
	char	   *line;
	size_t		room;
} Csv;

static inline int
split(char *line, char **fields)
{
	int			count = 0;

	line[strcspn(line, "\r\n")] = '\0';
	for (char *at = line; count < 20;)
	{
		bool		quoted = *at == '"';
		char	   *end;

		fields[count++] = at += quoted;
		end = quoted ? strchr(at, '"') : at + strcspn(at, ",");
		if (end == NULL)
			break;
		if (quoted)
			*end++ = '\0';
		if (*end == '\0')
			break;
		*end = '\0';
		at = end + 1;
	}
	return count;
}

static inline bool
csv_open(Csv *csv, const char *name)
{
	const char *shared = getenv("CAREGROUP_SHARED");
	char		path[1024];
	char	   *fields[20];

	memset(csv, 0, sizeof(Csv));
	snprintf(path, sizeof(path), "%s/data/demand/%s", shared == NULL ? "." : shared, name);
	csv->file = shared == NULL ? NULL : fopen(path, "r");
	if (csv->file == NULL)
		return false;
	if (getline(&csv->line, &csv->room, csv->file) < 0 ||
		getline(&csv->line, &csv->room, csv->file) < 0)
		return false;
	csv->columns = split(csv->line, fields);
	for (int i = 0; i < csv->columns; i++)
		snprintf(csv->names[i], sizeof(csv->names[i]), "%s", fields[i]);
	return true;
}

static inline bool
csv_next(Csv *csv)
{
	if (getline(&csv->line, &csv->room, csv->file) > 0)
	{
		split(csv->line, csv->fields);
		return true;
	}
	free(csv->line);
	fclose(csv->file);
	return false;
}

static inline const char *
csv_text(const Csv *csv, const char *name)
{
	for (int i = 0; i < csv->columns; i++)
	{
		if (strcmp(csv->names[i], name) == 0)
			return csv->fields[i];
	}
	printf("Bail out! no column %s\n", name);
	exit(1);
}

static inline double
csv_number(const Csv *csv, const char *name)
{
	return strtod(csv_text(csv, name), NULL);
}

static inline int
csv_array(const Csv *csv, const char *name, double *values)
{
	const char *at = csv_text(csv, name) + 1;
	int			count = 0;

	while (*at != '\0' && *at != '}' && count < MOST_VALUES)
	{
		char	   *end;

		values[count++] = strtod(at, &end);
		at = *end == ',' ? end + 1 : end;
	}
	return count;
}

/* The series that the goldens were made from. */
typedef struct Series
{
	char		id[40];
	int			period;
	int			n;
	double		y[MOST_VALUES];
} Series;

static inline bool
find_series(const char *id, Series *series)
{
	Csv			csv;

	if (!csv_open(&csv, "series.csv"))
		return false;
	while (csv_next(&csv))
	{
		if (strcmp(csv_text(&csv, "series_id"), id) != 0)
			continue;
		snprintf(series->id, sizeof(series->id), "%s", id);
		series->period = (int) csv_number(&csv, "frequency");
		series->n = csv_array(&csv, "values", series->y);
		free(csv.line);
		fclose(csv.file);
		return true;
	}
	return false;
}

/* The largest difference, relative to values above 1. */
static inline double
difference(const double *a, const double *b, int n)
{
	double		worst = 0;

	for (int i = 0; i < n; i++)
		worst = fmax(worst, isnan(a[i]) ? INFINITY : fabs(a[i] - b[i]) / fmax(1, fabs(b[i])));
	return worst;
}

#endif							/* DEMAND_FORECAST_DATA_H */
