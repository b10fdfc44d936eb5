/*-------------------------------------------------------------------------
 *
 * p_median_model.h
 *	  The p-median problem as its solver holds it.  Not for others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_P_MEDIAN_MODEL_H
#define CG_P_MEDIAN_MODEL_H

#include "numeric/random.h"
#include "solver/p_median.h"

typedef struct CgMedianModel
{
	int			demands;
	int			sites;
	int			min_open;
	int			max_open;
	bool		must_serve;
	bool		integral;		/* every objective is a whole number */
	double		epsilon;		/* differences below are none */
	double	   *penalty;		/* per demand: of staying unserved */
	double	   *opening;
	signed char *fixed;

	/* Pairs by demand, from the cheapest; ties by site. */
	size_t	   *start;
	int		   *site;
	double	   *value;

	/* The same by site. */
	size_t	   *column_start;
	int		   *column_demand;
	double	   *column_value;
} CgMedianModel;

/* A choice of sites with the two cheapest open ones of every demand. */
typedef struct CgMedianChoice
{
	bool	   *is_open;
	int		   *open;			/* numbers of the open sites */
	int		   *place;			/* of an open site in open */
	int			count;
	double		cost;
	int		   *first;			/* -1: unserved */
	int		   *second;
	double	   *first_value;
	double	   *second_value;
	double	   *loss;			/* per open site: what closing it costs */
	double	   *extra;			/* per site, 0 between moves */
	int		   *touched;
} CgMedianChoice;

extern void cg_median_model(CgMedianModel *model, const CgMedianProblem *problem,
							CgStore *arena, CgPace *pace);

/* Forget the pairs of sites that are fixed closed. */
extern void cg_median_model_shrink(CgMedianModel *model);

extern void cg_median_choice(CgMedianChoice *choice, const CgMedianModel *model,
							 CgStore *arena);

/* The open sites are given: work out the rest. */
extern void cg_median_choice_set(CgMedianChoice *choice,
								 const CgMedianModel *model,
								 const bool *is_open);
extern void cg_median_choice_open(CgMedianChoice *choice,
								  const CgMedianModel *model, int site);
extern void cg_median_choice_close(CgMedianChoice *choice,
								   const CgMedianModel *model, int site);

/* Cost alone of a set of open sites. */
extern double cg_median_cost(const CgMedianModel *model, const bool *is_open);

/* Interchange until nothing improves. */
extern void cg_median_interchange(CgMedianChoice *choice,
								  const CgMedianModel *model, CgPace *pace);

/* A first choice: the best site next, until there are enough. */
extern void cg_median_greedy(CgMedianChoice *choice, const CgMedianModel *model,
							 CgPace *pace);

/* Exchange some open sites for others at random. */
extern void cg_median_shake(CgMedianChoice *choice, const CgMedianModel *model,
							CgRandom *random, int times);

#endif							/* CG_P_MEDIAN_MODEL_H */
