/*-------------------------------------------------------------------------
 *
 * private_value.c
 *	  Keeping a refused value out of what the server says about it.
 *
 * An input function can choose its own words, but COPY adds a context line
 * with the whole value, and both go to the server's log.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "commands/copy.h"
#include "commands/copyfrom_internal.h"
#include "fmgr.h"

#include "common/cg_compat.h"
#include "common/private_value.h"

static bool
is_soft(Node *context)
{
#if PG_VERSION_NUM >= 160000
	return context != NULL && IsA(context, ErrorSaveContext);
#else
	return false;
#endif
}

/*
 * These fields of COPY's state serve its error context and nothing else.
 * After a hard error COPY is over.  After a soft one (17) COPY goes on, skips
 * the row, and may say so in a notice that needs the column's name.
 */
void
cg_hide_copied_value(Node *context)
{
	for (ErrorContextCallback *entry = error_context_stack;
		 entry != NULL; entry = entry->previous)
	{
		CopyFromState copy;

		if (entry->callback != CopyFromErrorCallback)
			continue;
		copy = (CopyFromState) entry->arg;
		copy->cur_attval = NULL;
		if (!is_soft(context))
		{
			copy->cur_attname = NULL;
			copy->line_buf_valid = false;
		}
	}
}
