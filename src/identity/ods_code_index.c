/*-------------------------------------------------------------------------
 *
 * ods_code_index.c
 *	  Order, hash and sort support of ods_code.
 *
 *-------------------------------------------------------------------------
 */
#include "identity/value_order.h"

CG_VALUE_ORDER(ods_code)
