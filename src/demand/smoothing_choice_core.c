/*-------------------------------------------------------------------------
 *
 * smoothing_choice_core.c
 *	  The family of exponential smoothing: which models are used, what they
 *	  are called, and the choice among them.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/smoothing_core.h"

#include <math.h>
#include <string.h>

bool
cg_ets_model_stable(const CgEtsModel *model)
{
	bool		any_multiplicative = model->trend == 'M' || model->season == 'M';

	if (strchr("AM", model->error) == NULL || strchr("NAM", model->trend) == NULL ||
		strchr("NAM", model->season) == NULL)
		return false;
	if (model->error == 'A' && any_multiplicative)
		return false;
	return !(model->trend == 'M' && model->season == 'A');
}

void
cg_ets_model_name(const CgEtsModel *model, char *text)
{
	*text++ = model->error;
	*text++ = model->trend;
	if (model->damped)
		*text++ = 'd';
	*text++ = model->season;
	*text = '\0';
}

CgEtsStatus
cg_ets_choose(const double *y, int n, int period, CgEtsFit *best, CgArena *arena)
{
	static const char *const trends[] = {"N", "A", "Ad"};
	CgEtsStatus status = CG_ETS_TOO_SHORT;
	bool		found = false;

	for (const char *error = "AM"; *error != '\0'; error++)
	{
		for (int trend = 0; trend < 3; trend++)
		{
			for (const char *season = "NAM"; *season != '\0'; season++)
			{
				CgEtsModel	model = {*error, trends[trend][0], *season,
				trends[trend][1] == 'd', *season == 'N' ? 1 : period};
				CgEtsFit	fit;
				CgEtsStatus tried;

				if (!cg_ets_model_stable(&model) ||
					(*season != 'N' && (period < 2 || period > CG_ETS_LONGEST_PERIOD)))
					continue;
				tried = cg_ets_fit(y, n, &model, CG_ETS_THOROUGH, &fit, arena);
				if (tried != CG_ETS_OK || !isfinite(fit.aicc))
				{
					if (!found && tried != CG_ETS_OK)
						status = tried;
					continue;
				}
				if (!found || fit.aicc < best->aicc)
					*best = fit;
				found = true;
			}
		}
	}
	return found ? CG_ETS_OK : status;
}
