/*-------------------------------------------------------------------------
 *
 * private_value.h
 *	  Keeping a refused value out of what the server says about it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_PRIVATE_VALUE_H
#define CG_PRIVATE_VALUE_H

#include "postgres.h"

#include "nodes/nodes.h"

/*
 * Call this before an input function refuses a value that is a person's:
 * COPY's context then names the line and no longer shows what stands in it.
 * context is the function's own (an ErrorSaveContext for a soft error).
 */
extern void cg_hide_copied_value(Node *context);

#endif							/* CG_PRIVATE_VALUE_H */
