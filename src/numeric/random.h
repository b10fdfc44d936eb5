/*-------------------------------------------------------------------------
 *
 * random.h
 *	  Repeatable random numbers: the same seed, the same numbers, everywhere.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_RANDOM_H
#define CG_RANDOM_H

#include <stdint.h>

typedef struct CgRandom
{
	uint64_t	state[4];
} CgRandom;

extern void cg_random_seed(CgRandom *random, uint64_t seed);
extern uint64_t cg_random_bits(CgRandom *random);

/* Between 0 and 1, neither included. */
extern double cg_random_uniform(CgRandom *random);
extern double cg_random_normal(CgRandom *random);

/* Gamma with this shape, above 0, and scale 1. */
extern double cg_random_gamma(CgRandom *random, double shape);

#endif							/* CG_RANDOM_H */
