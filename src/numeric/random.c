/*-------------------------------------------------------------------------
 *
 * random.c
 *	  Repeatable random numbers: the same seed, the same numbers, everywhere.
 *
 * D. Blackman and S. Vigna, Scrambled linear pseudorandom number generators,
 *	  ACM Trans Math Softw 2021;47:36 (xoshiro256**, seeded by splitmix64).
 * G. Marsaglia and T. A. Bray, SIAM Rev 1964;6:260-4 (polar method).
 * G. Marsaglia and W. W. Tsang, A simple method for generating gamma
 *	  variables, ACM Trans Math Softw 2000;26:363-72.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/random.h"

#include <math.h>

static uint64_t
rotate(uint64_t x, int by)
{
	return (x << by) | (x >> (64 - by));
}

void
cg_random_seed(CgRandom *random, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
	{
		uint64_t	z = (seed += UINT64_C(0x9e3779b97f4a7c15));

		z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
		random->state[i] = z ^ (z >> 31);
	}
}

uint64_t
cg_random_bits(CgRandom *random)
{
	uint64_t   *s = random->state;
	uint64_t	result = rotate(s[1] * 5, 7) * 9;
	uint64_t	shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate(s[3], 45);
	return result;
}

double
cg_random_uniform(CgRandom *random)
{
	return ((double) (cg_random_bits(random) >> 11) + 0.5) * 0x1p-53;
}

double
cg_random_normal(CgRandom *random)
{
	for (;;)
	{
		double		x = 2 * cg_random_uniform(random) - 1;
		double		y = 2 * cg_random_uniform(random) - 1;
		double		square = x * x + y * y;

		if (square < 1 && square > 0)
			return x * sqrt(-2 * log(square) / square);
	}
}

double
cg_random_gamma(CgRandom *random, double shape)
{
	double		boost = 1;
	double		d;
	double		c;

	if (shape < 1)
	{
		boost = pow(cg_random_uniform(random), 1 / shape);
		shape += 1;
	}
	d = shape - 1.0 / 3;
	c = 1 / sqrt(9 * d);
	for (;;)
	{
		double		x = cg_random_normal(random);
		double		v = 1 + c * x;

		if (v <= 0)
			continue;
		v = v * v * v;
		if (log(cg_random_uniform(random)) < 0.5 * x * x + d - d * v + d * log(v))
			return d * v * boost;
	}
}
