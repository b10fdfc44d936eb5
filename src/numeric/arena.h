/*-------------------------------------------------------------------------
 *
 * arena.h
 *	  Work memory of a long computation, and the way out of it.
 *
 * Plain C: nothing here knows PostgreSQL.  A computation takes memory from
 * its arena, gives back all that it took since a mark, and asks now and then
 * whether it should stop.  Where memory runs out or the caller wants an end,
 * the arena jumps to the place that began the computation:
 *
 *		if (setjmp(arena.escape) != 0)
 *			return arena.stopped ? STOPPED : NO_MEMORY;
 *
 * A stop callback that jumps away itself (as PostgreSQL's interrupts do)
 * does no harm where the memory belongs to a memory context.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ARENA_H
#define CG_ARENA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct CgArenaChunk CgArenaChunk;

typedef struct CgArena
{
	void	   *(*allocate) (size_t);
	void		(*release) (void *);
	bool		(*stop) (void); /* may be NULL */
	CgArenaChunk *first;
	CgArenaChunk *current;
	bool		stopped;
	jmp_buf		escape;
} CgArena;

typedef struct CgArenaMark
{
	CgArenaChunk *chunk;
	size_t		used;
} CgArenaMark;

extern void cg_arena_begin(CgArena *arena, void *(*allocate) (size_t),
						   void (*release) (void *), bool (*stop) (void));
extern void cg_arena_end(CgArena *arena);

/* Uninitialised memory, aligned for double. */
extern void *cg_arena_take(CgArena *arena, size_t size);
extern double *cg_arena_doubles(CgArena *arena, size_t count);

extern CgArenaMark cg_arena_mark(const CgArena *arena);
extern void cg_arena_reset(CgArena *arena, CgArenaMark mark);

/* Jumps to escape where the caller wants the computation ended. */
extern void cg_arena_check(CgArena *arena);

#endif							/* CG_ARENA_H */
