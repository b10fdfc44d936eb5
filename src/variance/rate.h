/*-------------------------------------------------------------------------
 *
 * rate.h
 *	  Results of rates and proportions, for single rows and for aggregates.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_RATE_H
#define CG_RATE_H

#include "variance/rate_glue.h"

extern const char *const cg_count_method_words[3];

extern Datum cg_proportion_result(FunctionCallInfo fcinfo, double numerator,
								  double denominator, double multiplier,
								  const CgLevels *levels);
extern Datum cg_rate_result(FunctionCallInfo fcinfo, double events,
							double population, double multiplier,
							const CgLevels *levels, CgCountMethod method);

#endif							/* CG_RATE_H */
