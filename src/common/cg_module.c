/*-------------------------------------------------------------------------
 *
 * cg_module.c
 *	  The magic block of the one shared library.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;
