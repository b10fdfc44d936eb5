/*-------------------------------------------------------------------------
 *
 * work_core.c
 *	  Memory of a solve, and asking whether to stop.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/work.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Elementary steps of 1 to 5 ns: well below 50 ms. */
#define STEPS_BETWEEN_QUESTIONS 4e6

typedef union Block
{
	union Block *before;
	double		aligned;		/* as allocators give it: no more */
} Block;

static void *
malloc_allocate(void *context, size_t bytes)
{
	(void) context;
	return malloc(bytes);
}

static void
malloc_release(void *context, void *memory)
{
	(void) context;
	free(memory);
}

const CgWork cg_work_malloc = {malloc_allocate, malloc_release, NULL, NULL};

void
cg_store_begin(CgStore *arena, const CgWork *work)
{
	arena->work = work;
	arena->last = NULL;
	arena->failed = false;
}

void *
cg_store_take(CgStore *arena, size_t count, size_t size)
{
	Block	   *block;

	if (count > (SIZE_MAX - sizeof(Block)) / size)
	{
		arena->failed = true;
		return NULL;
	}
	block = arena->work->allocate(arena->work->context,
								  sizeof(Block) + count * size);
	if (block == NULL)
	{
		arena->failed = true;
		return NULL;
	}
	block->before = arena->last;
	arena->last = block;
	memset(block + 1, 0, count * size);
	return block + 1;
}

void
cg_store_end(CgStore *arena)
{
	while (arena->last != NULL)
	{
		Block	   *block = arena->last;

		arena->last = block->before;
		arena->work->release(arena->work->context, block);
	}
}

void
cg_pace_begin(CgPace *pace, const CgWork *work, double most)
{
	pace->work = work;
	pace->steps = 0;
	pace->most = most;
	pace->ask = 0;
	pace->stopped = false;
	pace->told = false;
}

bool
cg_pace(CgPace *pace, double steps)
{
	pace->steps += steps;
	if (pace->steps < pace->ask || pace->stopped)
		return pace->stopped;
	pace->ask = pace->steps + STEPS_BETWEEN_QUESTIONS;
	if (pace->work->stop != NULL && pace->work->stop(pace->work->context))
		pace->told = true;
	pace->stopped = pace->told || pace->steps >= pace->most;
	return pace->stopped;
}
