/*-------------------------------------------------------------------------
 *
 * work.h
 *	  What a location or grouping solver needs of its caller: memory, and
 *	  whether it should stop.
 *
 * Plain C: nothing here knows PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_WORK_H
#define CG_WORK_H

#include <stdbool.h>
#include <stddef.h>

typedef struct CgWork
{
	/* Like malloc and free; NULL when there is no memory. */
	void	   *(*allocate) (void *context, size_t bytes);
	void		(*release) (void *context, void *memory);

	/*
	 * Asked at most 50 ms of CPU apart.  true: end with the best answer so
	 * far.  May also leave by longjmp, where allocate's memory is freed
	 * elsewhere.  NULL: never.
	 */
	bool		(*stop) (void *context);
	void	   *context;
} CgWork;

/* How a solve ended.  Errors come last. */
typedef enum CgSolved
{
	CG_SOLVED_OPTIMAL,			/* the bound meets the objective */
	CG_SOLVED_FEASIBLE,			/* the rounds allowed are used up */
	CG_SOLVED_STOPPED,			/* the caller said stop */
	CG_SOLVED_INFEASIBLE,		/* proved: there is no answer */
	CG_SOLVED_UNKNOWN,			/* none was found, and none excluded */
	CG_SOLVED_NO_MEMORY,
	CG_SOLVED_BAD_INPUT
} CgSolved;

/* What is taken is given back all at once. */
typedef struct CgStore
{
	const CgWork *work;
	void	   *last;
	bool		failed;			/* something taken was NULL */
} CgStore;

extern void cg_store_begin(CgStore *arena, const CgWork *work);

/* count elements of size bytes, all zero, or NULL and arena->failed. */
extern void *cg_store_take(CgStore *arena, size_t count, size_t size);
extern void cg_store_end(CgStore *arena);

/*
 * Counts elementary steps, so that a limit on the work gives the same answer
 * on every machine, and asks the caller now and then.
 */
typedef struct CgPace
{
	const CgWork *work;
	double		steps;			/* so far */
	double		most;			/* allowed */
	double		ask;			/* when to ask again */
	bool		stopped;		/* for either reason */
	bool		told;			/* by the caller */
} CgPace;

extern void cg_pace_begin(CgPace *pace, const CgWork *work, double most);

/* About so many steps were done: is it time to stop? */
extern bool cg_pace(CgPace *pace, double steps);

/* malloc and free as a CgWork that never stops. */
extern const CgWork cg_work_malloc;

#endif							/* CG_WORK_H */
