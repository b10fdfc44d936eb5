/*-------------------------------------------------------------------------
 *
 * referral_rtt_fuzz.c
 *	  libFuzzer: clocks of any events keep the properties of clocks.
 *
 * clang -g -O1 -fsanitize=address,undefined,fuzzer -Isrc
 *		test/fuzz/referral_rtt_fuzz.c src/referral/rtt_core.c
 *		src/referral/rtt_words_core.c
 *
 *-------------------------------------------------------------------------
 */
#include "referral/rtt_core.h"

#include <stdlib.h>
#include <string.h>

#define BYTES_OF_EVENT 8
#define MOST 512

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static CgRttEvent events[MOST];
static CgRttEvent work[MOST];
static CgRttClock clocks[CG_RTT_MOST_CLOCKS(MOST)];
static CgRttStep steps[CG_RTT_MOST_STEPS(MOST)];

static void
demand(int held)
{
	if (!held)
		abort();
}

/* Days around the end of pauses; codes and kinds as texts would give them. */
static size_t
read_events(const uint8_t *data, size_t size)
{
	size_t		n = size / BYTES_OF_EVENT;

	if (n > MOST)
		n = MOST;
	for (size_t i = 0; i < n; i++)
	{
		const uint8_t *bytes = data + i * BYTES_OF_EVENT;
		CgRttEvent *event = &events[i];
		char		code[2] = {(char) ('0' + bytes[3] % 11), (char) ('0' + bytes[4] % 11)};

		memset(event, 0, sizeof(CgRttEvent));
		event->day = 5700 + bytes[0];
		event->at = (int64_t) event->day * 256 + bytes[1] % 4;
		if (bytes[2] == 0)
		{
			event->day = CG_RTT_NO_DAY;
			event->at = INT64_MAX;
		}
		event->code = bytes[3] == 255 ? CG_RTT_NO_CODE : cg_rtt_code(code, 2);
		event->kind = (uint8_t) (bytes[5] % CG_RTT_KINDS);
		event->communicated = (int8_t) (bytes[6] % 3) - 1;
		event->sequence = bytes[7];
		if (i == 0 && bytes[6] > 200)
		{
			event->is_receipt_of_all = 1;
			event->kind = CG_RTT_RECEIVED;
			event->code = CG_RTT_NO_CODE;
		}
	}
	return n;
}

static void
check_clock(const CgRttClock *clock, const CgRttClock *before, int32_t as_at, int is_last)
{
	int32_t		last = clock->state == CG_RTT_OPEN ? as_at : clock->stopped_on;

	demand(clock->start < CG_RTT_STARTS);
	demand(clock->days == last - clock->started_on && clock->days >= 0);
	demand(clock->adjusted_days >= 0 && clock->adjusted_days <= clock->days);
	demand(clock->state != CG_RTT_OPEN || is_last);
	demand(clock->state == CG_RTT_OPEN || clock->stop_event >= clock->start_event);
	demand((clock->state == CG_RTT_NULLIFIED) == (clock->stop == CG_RTT_STOP_MISSED_FIRST));
	demand(before == NULL || before->stopped_on <= clock->started_on);
	demand(cg_rtt_week_band(clock->days) >= 1 && cg_rtt_week_band(clock->days) <= 105);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CgRttOptions options = {5900, 5752};
	CgRttPathway pathway;
	size_t		n = read_events(data, size);
	size_t		step_count;
	size_t		found;

	cg_rtt_sort(events, n, work);
	for (size_t i = 1; i < n; i++)
		demand(events[i - 1].at <= events[i].at);
	found = cg_rtt_run(&options, events, n, clocks, steps, &step_count, &pathway);
	demand(found <= n && found == pathway.clocks && step_count <= CG_RTT_MOST_STEPS(n) && step_count >= n);
	demand((pathway.state == CG_RTT_WAITING) == (found > 0 && clocks[found - 1].state == CG_RTT_OPEN));
	for (size_t i = 0; i < found; i++)
		check_clock(&clocks[i], i > 0 ? &clocks[i - 1] : NULL, options.as_at, i + 1 == found);
	for (size_t i = 0; i < step_count; i++)
	{
		demand(steps[i].rule < CG_RTT_RULES && steps[i].event < n && steps[i].clock <= found);
		demand(cg_rtt_rule_words((CgRttRule) steps[i].rule) != NULL);
	}
	return 0;
}
