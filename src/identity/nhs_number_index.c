/*-------------------------------------------------------------------------
 *
 * nhs_number_index.c
 *	  Order, hash and sort support of nhs_number.
 *
 *-------------------------------------------------------------------------
 */
#include "identity/value_order.h"

CG_VALUE_ORDER(nhs_number)
