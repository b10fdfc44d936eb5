/*-------------------------------------------------------------------------
 *
 * postcode_index.c
 *	  Order, hash and sort support of postcode.
 *
 *-------------------------------------------------------------------------
 */
#include "identity/value_order.h"

CG_VALUE_ORDER(postcode)
