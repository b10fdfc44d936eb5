/*-------------------------------------------------------------------------
 *
 * hub_transaction.c
 *	  What SQL cannot ask about its own transaction.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"

PG_FUNCTION_INFO_V1(cg_in_transaction_block);

/*
 * A procedure that is about to commit wants to say so in its own words.
 */
Datum
cg_in_transaction_block(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(IsTransactionBlock());
}
