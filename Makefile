# caregroup: a care group's co-ordination centre inside PostgreSQL.
# make && make install && make installcheck, as for every extension.

EXTENSION  = caregroup
EXTVERSION = 1.1
MODULE_big = caregroup

# One room per subject.  A room uses only the rooms above it, so this order
# is also the order of the install script.
ROOMS = common numeric solver identity calendar variance referral demand geography hub

# The parts of the install script, in the order in which they are joined.
SQL_PARTS = \
	src/common/00_common.sql \
	src/identity/10_nhs_number.sql \
	src/identity/11_nhs_number_index.sql \
	src/identity/12_nhs_number_text.sql \
	src/identity/13_ods_code.sql \
	src/identity/14_ods_code_index.sql \
	src/identity/15_ods_code_text.sql \
	src/identity/16_postcode.sql \
	src/identity/17_postcode_index.sql \
	src/identity/18_postcode_text.sql \
	src/identity/19_chi.sql \
	src/calendar/10_calendar.sql \
	src/calendar/11_working_day.sql \
	src/calendar/12_working_time.sql \
	src/calendar/13_period.sql \
	src/variance/10_spc.sql \
	src/variance/11_spc_charts.sql \
	src/variance/12_spc_summary.sql \
	src/variance/13_spc_rows.sql \
	src/variance/14_spc_change.sql \
	src/variance/15_spc_cusum.sql \
	src/variance/20_rate.sql \
	src/variance/21_rate_aggregate.sql \
	src/variance/22_standardised.sql \
	src/variance/30_funnel.sql \
	src/variance/40_variation.sql \
	src/variance/45_opportunity.sql \
	src/variance/50_suppression.sql \
	src/variance/55_plan.sql \
	src/variance/59_fingerprint.sql \
	src/referral/10_rtt.sql \
	src/referral/11_rtt_rows.sql \
	src/referral/12_rtt_explain.sql \
	src/referral/15_standard.sql \
	src/referral/20_wait_band.sql \
	src/referral/21_wait_percentile.sql \
	src/referral/22_snapshot.sql \
	src/referral/30_survival.sql \
	src/referral/40_flow.sql \
	src/referral/41_referrer.sql \
	src/demand/10_forecast.sql \
	src/demand/11_accuracy.sql \
	src/demand/12_forecast_rows.sql \
	src/demand/20_components.sql \
	src/demand/21_intermittent.sql \
	src/demand/22_clean.sql \
	src/demand/30_reconcile.sql \
	src/demand/40_exceed.sql \
	src/geography/10_allocate.sql \
	src/geography/11_allocate_geometry.sql \
	src/geography/12_allocate_new.sql \
	src/geography/20_locate.sql \
	src/geography/21_cover.sql \
	src/geography/22_consolidate.sql \
	src/geography/30_form_groups.sql \
	src/geography/40_access.sql \
	src/geography/41_catchment.sql \
	src/hub/10_contract.sql \
	src/hub/11_contract_who.sql \
	src/hub/12_contract_offered.sql \
	src/hub/13_contract_happened.sql \
	src/hub/14_contract_plan.sql \
	src/hub/20_create.sql \
	src/hub/30_bind.sql \
	src/hub/40_check.sql \
	src/hub/50_recalculate.sql \
	src/hub/55_schedule.sql \
	src/hub/60_result.sql \
	src/hub/61_step.sql \
	src/hub/65_referral.sql \
	src/hub/66_referral_flow.sql \
	src/hub/66b_referral_group.sql \
	src/hub/67_geography.sql \
	src/hub/69_from_1_0.sql \
	src/hub/70_report.sql \
	src/hub/70b_referral_rule.sql \
	src/hub/71_review.sql \
	src/hub/72_spend.sql \
	src/hub/73_group.sql \
	src/hub/74_referral_report.sql \
	src/hub/74b_referral_flow_report.sql \
	src/hub/74c_referral_group_report.sql \
	src/hub/75_indicator.sql \
	src/hub/76_variance.sql \
	src/hub/77_variance_peers.sql \
	src/hub/78_variance_report.sql \
	src/hub/79_forecast.sql \
	src/hub/79b_forecast_report.sql \
	src/hub/79c_geography_report.sql \
	src/hub/79d_geography_map.sql \
	src/hub/80_maintain.sql \
	src/hub/90_monday.sql \
	src/hub/91_monday_group.sql \
	src/hub/92_monday_variance.sql \
	src/hub/93_monday_forecast.sql \
	src/hub/94_monday_referral.sql \
	src/hub/95_monday_geography.sql

OBJS = $(patsubst %.c,%.o,$(wildcard $(ROOMS:%=src/%/*.c)))

DATA_built = $(EXTENSION)--$(EXTVERSION).sql
DATA       = $(wildcard src/upgrade/$(EXTENSION)--*--*.sql)
DOCS       = README.md

PG_CPPFLAGS = -I$(srcdir)/src
PG_CFLAGS   = -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -Wno-sign-compare

REGRESS      = $(patsubst sql/%.sql,%,$(sort $(wildcard sql/*.sql)))
REGRESS_OPTS = --load-extension=postgis --load-extension=caregroup

ISOLATION      = $(patsubst test/isolation/specs/%.spec,%,$(sort $(wildcard test/isolation/specs/*.spec)))

EXTRA_CLEAN = $(EXTENSION)--$(EXTVERSION).sql $(OBJS:.o=.bc)

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# Loops over parameters and states: the fit of exponential smoothing is
# nothing else.
src/demand/smoothing_core.o src/demand/smoothing_simple_core.o src/demand/theta_core.o: CFLAGS += $(CFLAGS_UNROLL_LOOPS) $(CFLAGS_VECTORIZE)

# Cost tiers are named once, in src/common/cost_tiers.sed.
$(EXTENSION)--$(EXTVERSION).sql: $(SQL_PARTS) src/common/cost_tiers.sed Makefile
	{ printf '%s\n' '-- $(EXTENSION) $(EXTVERSION): made by "make" from the parts named below; edit those.' \
	    '\echo Use "CREATE EXTENSION $(EXTENSION)" to load this file. \quit'; \
	  for part in $(SQL_PARTS); do \
	    printf '\n-- ==== %s\n\n' "$$part"; sed -f src/common/cost_tiers.sed "$$part" || exit 1; \
	  done; } > $@.tmp && mv $@.tmp $@

# A changed header rebuilds everything: the module is small enough.  PGXS
# counts objects as secondary, so that a room that joins would not be linked
# in without the second rule.
$(OBJS): $(wildcard src/*/*.h)
$(shlib): $(OBJS:.o=.c) Makefile
