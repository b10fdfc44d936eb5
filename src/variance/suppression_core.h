/*-------------------------------------------------------------------------
 *
 * suppression_core.h
 *	  Which cells of a published table to leave out, and what can still be
 *	  worked out about them.
 *
 * Plain C: nothing here knows PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SUPPRESSION_CORE_H
#define CG_SUPPRESSION_CORE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum CgCellState
{
	CG_CELL_SHOWN,
	CG_CELL_PRIMARY,			/* small itself */
	CG_CELL_SECONDARY,			/* left out to protect others */
	CG_CELL_EXPOSED,			/* small, and the totals give it away */
	CG_CELL_UNPUBLISHED			/* a total that the table does not have */
} CgCellState;

typedef struct CgCell
{
	double		value;			/* a whole number, 0 or more */
	CgCellState state;			/* in: SHOWN or UNPUBLISHED */
	double		lower;			/* what a reader can work out */
	double		upper;			/* may be infinite */
} CgCell;

typedef enum CgSuppressionProblem
{
	CG_SUPPRESSION_OK,
	CG_SUPPRESSION_TOTAL_DIFFERS,	/* a total is not the sum of its cells */
	CG_SUPPRESSION_NO_MEMORY,
	CG_SUPPRESSION_STOPPED
} CgSuppressionProblem;

/*
 * cells are (rows + 1) times (columns + 1), row by row; row 0 and column 0
 * hold the totals, which have to be filled in also where they are
 * UNPUBLISHED.  Cells from 1 to threshold - 1 are small.  A reader is taken
 * to know that cells are whole numbers, that zeros are always shown and how
 * the table was made.  bad is the place of a total that differs.
 */
extern CgSuppressionProblem cg_suppress(CgCell *cells, int rows, int columns,
										double threshold,
										void *(*allocate) (size_t),
										void (*release) (void *),
										bool (*stop) (void), int *bad);

#endif							/* CG_SUPPRESSION_CORE_H */
