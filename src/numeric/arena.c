/*-------------------------------------------------------------------------
 *
 * arena.c
 *	  Work memory of a long computation, and the way out of it.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/arena.h"

#define SMALLEST_CHUNK 65536
#define ALIGNMENT 16

struct CgArenaChunk
{
	CgArenaChunk *next;
	size_t		size;
	size_t		used;
	size_t		padding;		/* keeps what follows aligned */
};

static void
escape(CgArena *arena, bool stopped)
{
	arena->stopped = stopped;
	longjmp(arena->escape, 1);
}

void
cg_arena_begin(CgArena *arena, void *(*allocate) (size_t),
			   void (*release) (void *), bool (*stop) (void))
{
	arena->allocate = allocate;
	arena->release = release;
	arena->stop = stop;
	arena->first = arena->current = NULL;
	arena->stopped = false;
}

void
cg_arena_end(CgArena *arena)
{
	CgArenaChunk *chunk = arena->first;

	while (chunk != NULL)
	{
		CgArenaChunk *next = chunk->next;

		arena->release(chunk);
		chunk = next;
	}
	arena->first = arena->current = NULL;
}

/*
 * The next chunk that has room, from those kept or a new one.
 */
static CgArenaChunk *
chunk_with_room(CgArena *arena, size_t size)
{
	CgArenaChunk *last = arena->current;
	CgArenaChunk *chunk = last == NULL ? arena->first : last->next;
	size_t		wanted = size < SMALLEST_CHUNK ? SMALLEST_CHUNK : size;

	for (; chunk != NULL; last = chunk, chunk = chunk->next)
	{
		chunk->used = 0;
		if (chunk->size >= size)
			return chunk;
	}
	chunk = arena->allocate(sizeof(CgArenaChunk) + wanted);
	if (chunk == NULL)
		escape(arena, false);
	chunk->next = NULL;
	chunk->size = wanted;
	chunk->used = 0;
	if (last == NULL)
		arena->first = chunk;
	else
		last->next = chunk;
	return chunk;
}

void *
cg_arena_take(CgArena *arena, size_t size)
{
	CgArenaChunk *chunk = arena->current;
	char	   *memory;

	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (chunk == NULL || chunk->size - chunk->used < size)
		chunk = arena->current = chunk_with_room(arena, size);
	memory = (char *) (chunk + 1) + chunk->used;
	chunk->used += size;
	return memory;
}

double *
cg_arena_doubles(CgArena *arena, size_t count)
{
	return cg_arena_take(arena, count * sizeof(double));
}

CgArenaMark
cg_arena_mark(const CgArena *arena)
{
	CgArenaMark mark = {arena->current,
	arena->current == NULL ? 0 : arena->current->used};

	return mark;
}

void
cg_arena_reset(CgArena *arena, CgArenaMark mark)
{
	arena->current = mark.chunk;
	if (mark.chunk != NULL)
		mark.chunk->used = mark.used;
}

void
cg_arena_check(CgArena *arena)
{
	if (arena->stop != NULL && arena->stop())
		escape(arena, true);
}
