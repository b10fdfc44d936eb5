/*-------------------------------------------------------------------------
 *
 * site_choice.h
 *	  The choice of sites that a Lagrangian relaxation makes: those of the
 *	  least reduced costs, which of them can be fixed, and which one to branch
 *	  on.  For the solvers of sites and centres.  Not for others.
 *
 * G. Cornuejols, M. Fisher and G. Nemhauser, Manage Sci 1977;23:789-810 (the
 *	  relaxation).
 * J. Beasley, A note on solving large p-median problems, Eur J Oper Res
 *	  1985;21:270-3 (fixing by reduced costs).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SITE_CHOICE_H
#define CG_SITE_CHOICE_H

#include "solver/p_median.h"

typedef struct CgSiteChoice
{
	int			sites;
	int			min_open;
	int			max_open;
	double	   *reduced;		/* per site: its reduced cost, for the caller to
								 * set; HUGE_VAL: it cannot be */
	double	   *sorted;			/* scratch: room for as many */
	bool	   *selected;
	double	   *often;			/* per site: how often selected, lately, 0 to 1 */
	int			forced;			/* sites that are fixed open */
	int			available;		/* free ones with a finite cost */
	int			optional;		/* of these, selected */
	double		last_in;		/* largest reduced cost of these; -HUGE_VAL: none */
	double		first_out;		/* smallest of a free one not selected */
} CgSiteChoice;

/* Memory that runs out shows in the arena. */
extern void cg_site_choice(CgSiteChoice *choice, int sites, int min_open,
						   int max_open, CgStore *arena);

/*
 * Select the sites that are fixed open, then the free ones of the lowest
 * reduced costs, ties to the lower number: all that are below 0, and more or
 * fewer as the numbers to open want it.  state is CG_SITE_FREE, _OPEN or
 * _CLOSED of each.  Adds their reduced costs to sum, in that order.  Whether
 * there are enough of them is for the caller to see.
 */
extern double cg_choose_sites(CgSiteChoice *choice, const signed char *state, double sum);

/* Can no answer that is worth so much be of interest to the search? */
typedef bool (*CgIsHopeless) (const void *search, double bound);

/*
 * Fix the sites without which, or with which, no better answer can be, where
 * bound is what the relaxation is worth.  Returns their number.
 */
extern int	cg_fix_sites(const CgSiteChoice *choice, signed char *state, double bound,
						 CgIsHopeless is_hopeless, const void *search);

/* Learn from this choice how often each site is selected, or forget it all. */
extern void cg_note_selected(CgSiteChoice *choice);
extern void cg_forget_selected(CgSiteChoice *choice);

/*
 * The free site of which the relaxation is least sure: the one whose often is
 * nearest to one half, and nearer than within.  -1: there is none.
 */
extern int	cg_site_to_branch(const CgSiteChoice *choice, const signed char *state, double within);

/* How many choices of sites a node's state leaves, by their numbers alone. */
typedef enum CgChoicesLeft
{
	CG_CHOICES_NONE,
	CG_CHOICES_ONE,				/* which is selected */
	CG_CHOICES_MANY
} CgChoicesLeft;

extern CgChoicesLeft cg_choices_left(CgSiteChoice *choice, const signed char *state);

/* What a node of the tree keeps for itself. */
typedef struct CgSiteNode
{
	double	   *price;			/* per demand */
	signed char *state;			/* per site */
} CgSiteNode;

/* Memory for a node that has none yet.  false: there is none. */
extern bool cg_site_node(CgSiteNode *node, int demands, int sites, CgStore *arena);

#endif							/* CG_SITE_CHOICE_H */
