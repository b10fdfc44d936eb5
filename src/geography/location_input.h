/*-------------------------------------------------------------------------
 *
 * location_input.h
 *	  The tables that location and grouping read: inner SQL with columns
 *	  found by name, ids turned into numbers.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_LOCATION_INPUT_H
#define CG_LOCATION_INPUT_H

#include "postgres.h"

#include "fmgr.h"
#include "portability/instr_time.h"
#include "utils/hsearch.h"

#include "common/cg_compat.h"
#include "common/cg_rows.h"
#include "solver/p_median.h"

typedef enum CgColumnKind
{
	CG_COLUMN_ID,				/* bigint, text or uuid; not NULL */
	CG_COLUMN_KEY,				/* the same, and NULL may be */
	CG_COLUMN_WORD,				/* anything, as text; NULL may be */
	CG_COLUMN_AMOUNT,			/* a finite number of 0 or more; not NULL */
	CG_COLUMN_AMOUNT_OR_NULL,	/* NULL is NaN */
	CG_COLUMN_PRICE,			/* a finite number, below 0 too; NULL is NaN */
	CG_COLUMN_FLAG				/* boolean; NULL is false */
} CgColumnKind;

typedef struct CgInputColumn
{
	const char *name;
	CgColumnKind kind;
	bool		required;
	/* Out: */
	bool		found;
	bool		is_integer;		/* an id that is an integer */
	Oid			type;			/* of an id: int8, text or uuid */
	char	  **text;			/* of ids, keys and words */
	double	   *number;
	bool	   *flag;
} CgInputColumn;

typedef struct CgInput
{
	const char *function;		/* for messages */
	const char *argument;
	const char *whose;			/* both: "demand_sql of locate()" */
	CgInputColumn *column;
	int			columns;
	int64		rows;
	int64		room;
	MemoryContext memory;
} CgInput;

/*
 * Run the query with the caller's rights and keep its rows.  A NULL source is
 * error 22004; a missing column 42703, one of a wrong type 42804, NULL where
 * none may be 22004, a number out of range 22003.
 */
extern void cg_read_input(CgInput *input, const char *function,
						  const char *argument, const char *source,
						  CgInputColumn *column, int columns);

/* Numbers for ids, in their order: integers by value, others by byte. */
typedef struct CgIds
{
	int			count;
	char	  **id;				/* by number */
	int		   *row;			/* by number: row of the input */
	HTAB	   *table;
} CgIds;

/*
 * Ids come back as text, or with the type of the result's column where a call
 * says which; one that they do not have is error 42804.
 */
extern void cg_check_id_type(const CgInput *input, int column, const CgRows *rows, int place);
extern void cg_put_id(const CgRows *rows, Datum *values, bool *nulls, int place, const char *id);

/* The ids of a column; two equal ones are error 22023. */
extern void cg_ids_begin(CgIds *ids, const CgInput *input, int column);

/* The distinct values of a column that may be NULL. */
extern void cg_ids_of_keys(CgIds *ids, const CgInput *input, int column);

/* Number of the id, or -1. */
extern int	cg_ids_find(const CgIds *ids, const char *id);

/* Pairs of two kinds of ids, by the first and then the second. */
typedef struct CgLocationPairs
{
	size_t	   *start;			/* one per first id, and one more */
	int		   *other;
	double	   *cost;
} CgLocationPairs;

/*
 * Pairs of unknown ids are left out, as are those dearer than most (if it is
 * not NaN); two of the same ids are error 22023.
 */
extern void cg_read_pairs(CgLocationPairs *pairs, const char *function,
						  const char *source, const char *first_name,
						  const char *second_name, const CgIds *first,
						  const CgIds *second, double most);

/* NaN where there is no such pair; those of one first id may be in any order. */
extern double cg_pair_cost(const CgLocationPairs *pairs, int first, int second);

/* Demand and sites as locate and cover read them. */
typedef struct CgLocationInput
{
	const char *function;
	CgInput		demand;
	CgIds		demand_ids;
	double	   *amount;			/* by number */
	CgInput		sites;
	CgIds		site_ids;
	double	   *opening;		/* by number */
	bool		has_opening;	/* the query has that column */
	double	   *capacity;		/* or NULL: no such column */
	double	   *minimum;		/* likewise */
	bool	   *is_current;		/* likewise */
	signed char *fixed;
	int			fixed_open;
	int			fixed_closed;
	CgLocationPairs		pairs;
	double	   *value;			/* of the pairs: amount times cost */
} CgLocationInput;

/* words: further columns of the demand query, or NULL. */
extern void cg_read_location(CgLocationInput *input, const char *function,
							 const char *demand_sql, const char *sites_sql,
							 const char *pairs_sql, double most,
							 CgInputColumn *words, int word_count);

/* A number that is the argument of a function, as text or NULL. */
extern char *cg_text_argument(FunctionCallInfo fcinfo, int place);
extern double cg_amount_argument(FunctionCallInfo fcinfo, int place,
								 const char *name, double if_null);

/* Of a search: above 0 and at most 1000, 1 if NULL; else error 22023. */
extern double cg_effort_argument(FunctionCallInfo fcinfo, int place);

/* Error 22023: name of function() is out of range, and how. */
CG_NORETURN extern void cg_refuse_argument(const char *function, const char *name,
										   const char *detail);

/* Memory of the current context, and cancellation. */
extern CgWork cg_location_work(void);

extern const char *cg_solved_word(CgSolved solved);
extern double cg_relative_gap(double objective, double bound);
extern double cg_seconds_since(instr_time begin);

/* All values of a row become NULL. */
extern void cg_clear_row(Datum *values, bool *nulls, int columns);

/* Values of a row by place; NaN and infinity are NULL. */
extern void cg_put_number(Datum *values, bool *nulls, int place, double number);
extern void cg_put_text(Datum *values, bool *nulls, int place, const char *text);

extern void *cg_location_take(size_t count, size_t size);
CG_NORETURN extern void cg_location_failed(CgSolved solved, const char *function);

#endif							/* CG_LOCATION_INPUT_H */
