/*-------------------------------------------------------------------------
 *
 * reconcile_core.h
 *	  Forecasts along a chain of command made to add up.
 *
 * Plain C: nothing here knows PostgreSQL; all memory is the caller's.  Nodes
 * are numbered from 0 and each has one parent or none, so they make one tree
 * or several; every method takes time in proportion to their number.
 *
 * Sources: Hyndman, Ahmed, Athanasopoulos and Shang, Comput Stat Data Anal
 * 2011;55:2579-89 (OLS); Athanasopoulos, Ahmed and Hyndman, Int J Forecast
 * 2009;25:146-66 (top-down by forecast proportions); Wickramasuriya,
 * Athanasopoulos and Hyndman, J Am Stat Assoc 2019;114:804-19 (WLS, MinT);
 * Schaefer and Strimmer, Stat Appl Genet Mol Biol 2005;4:32 (shrinkage);
 * Wickramasuriya, Turlach and Hyndman, Stat Comput 2020;30:1167-82 (non-
 * negative); Portugal, Judice and Vicente, Math Comput 1994;63:625-43 (block
 * principal pivoting).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_RECONCILE_CORE_H
#define CG_RECONCILE_CORE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum CgReconcileMethod
{
	CG_RECONCILE_BOTTOM_UP,
	CG_RECONCILE_TOP_DOWN,
	CG_RECONCILE_OLS,			/* all nodes equally uncertain */
	CG_RECONCILE_WLS_STRUCTURAL,	/* uncertain by the leaves below */
	CG_RECONCILE_WLS_VARIANCE,	/* by their residuals' variance */
	CG_RECONCILE_MINT_SHRINK,	/* by their residuals' shrunk covariance */
	CG_RECONCILE_METHODS
} CgReconcileMethod;

typedef enum CgReconcileStatus
{
	CG_RECONCILE_OK,
	CG_RECONCILE_STOPPED,
	CG_RECONCILE_CYCLE,			/* a node is above itself */
	CG_RECONCILE_VARIANCE,		/* one below 0 */
	CG_RECONCILE_RESIDUALS,		/* fewer than 2 of a node */
	CG_RECONCILE_OVERFLOW		/* a figure left the range of a double */
} CgReconcileStatus;

/* MinT's covariance keeps at least this share of its diagonal. */
#define CG_RECONCILE_LEAST_SHRINKAGE 1e-6

/*
 * Order of the nodes with children before their parents: by it sums go up and
 * shares come down.  parent: -1 where there is none.  On CG_RECONCILE_CYCLE
 * *bad_node is one of the circle.  work has room for n.
 */
extern CgReconcileStatus cg_hierarchy_order(const int *parent, int n,
											int *order, int *work,
											int *bad_node);

typedef struct CgReconcileProblem
{
	int			n;
	const int  *parent;
	const int  *order;			/* of cg_hierarchy_order */
	const double *base;			/* forecasts that do not add up */
	const double *variance;		/* of WLS_VARIANCE: 0 or more, one a node */
	const double *share;		/* of TOP_DOWN: parts among siblings; NULL: base */
	const double *residuals;	/* of MINT_SHRINK: n rows of residual_count */
	int			residual_count;
	CgReconcileMethod method;
	bool		non_negative;	/* no node below 0 */
} CgReconcileProblem;

typedef struct CgReconcileResult
{
	double		shrinkage;		/* MinT's lambda, else NaN */
	int			rounds;			/* of non-negative solving, 1 without */
	bool		is_optimal;		/* false: negative leaves were merely set to 0 */
} CgReconcileResult;

/* Doubles of work space. */
extern size_t cg_reconcile_work_size(int n, CgReconcileMethod method,
									 int residual_count);

/*
 * reconciled has room for n; every parent in it is the sum of its children.
 * A variance of 0 counts as a billionth of the mean; where all are 0 all are
 * equal.  Top-down: children whose shares sum to 0 get equal shares.
 */
extern CgReconcileStatus cg_reconcile(const CgReconcileProblem *problem,
									  double *reconciled,
									  CgReconcileResult *result, double *work,
									  bool (*stop) (void));

#endif							/* CG_RECONCILE_CORE_H */
