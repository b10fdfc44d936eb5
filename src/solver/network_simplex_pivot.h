/*-------------------------------------------------------------------------
 *
 * network_simplex_pivot.h
 *	  The pivots of the network simplex, for one width of cost.
 *
 * Included twice, with these names defined: COST (the type), OF(name) (the
 * name for this width), ARC_COST and DUAL (the arrays).
 *
 *-------------------------------------------------------------------------
 */

/* A pivot: the entering arc, and what leaves for it. */
typedef struct OF(Pivot)
{
	int32_t		entering;
	int32_t		first;			/* the cycle runs down to first, over the ... */
	int32_t		second;			/* ... entering arc, and up from second */
	int32_t		join;
	int64_t		delta;
	int32_t		leaving_node;	/* its arc to the parent leaves; -1: entering */
	bool		leaves_at_first;
} OF(Pivot);

/*
 * The duals of the whole tree, from the root down.
 */
static void
OF(set_duals) (CgFlow *flow, int32_t top)
{
	TreeNode   *tree = flow->tree;
	int32_t		node = top;

	for (;;)
	{
		if (node != flow->root)
		{
			int32_t		parent = tree[node].parent;
			COST		cost = flow->ARC_COST[tree[node].arc];

			flow->DUAL[node] = flow->DUAL[parent] + (goes_up(flow, node) ? -cost : cost);
			tree[node].depth = tree[parent].depth + 1;
		}
		if (tree[node].first >= 0)
		{
			node = tree[node].first;
			continue;
		}
		while (node != top && tree[node].next < 0)
			node = tree[node].parent;
		if (node == top)
			break;
		node = tree[node].next;
	}
}

/*
 * Block search: the best arc of the first block that has a good one; -1: no
 * arc of any block is good.
 */
static int32_t
OF(find_entering) (CgFlow *flow, int32_t block)
{
	const int32_t *tail = flow->tail;
	const int32_t *head = flow->head;
	const int8_t *state = flow->state;
	const COST *cost = flow->ARC_COST;
	const COST *dual = flow->DUAL;
	int32_t		arc = flow->next_arc;
	int32_t		remaining = flow->arcs - flow->nodes;
	int32_t		best = -1;
	COST		least = 0;

	while (remaining > 0)
	{
		int32_t		end;

		if (arc >= flow->arcs)
			arc = flow->nodes;
		end = flow->arcs - arc < block ? flow->arcs : arc + block;
		if (end - arc > remaining)
			end = arc + remaining;
		remaining -= end - arc;
		flow->work += end - arc;
		for (; arc < end; arc++)
		{
			COST		reduced = state[arc] * (cost[arc] + dual[tail[arc]] - dual[head[arc]]);

			if (reduced < least)
			{
				least = reduced;
				best = arc;
			}
		}
		if (best >= 0)
			break;
	}
	flow->next_arc = arc;
	return best;
}

/*
 * Where not everything can be met, what is unmet may be better at another
 * node: the artificial arc that would carry it, in its direction; -1: none.
 */
static int32_t
OF(find_artificial) (CgFlow *flow)
{
	bool		is_unmet = false;

	for (int32_t node = 0; node < flow->nodes && !is_unmet; node++)
		is_unmet = flow->flow[node] > 0;
	for (int32_t node = 0; is_unmet && node < flow->nodes; node++)
	{
		COST		dual = flow->DUAL[node];
		bool		up = flow->ARC_COST[node] + dual < 0;

		if (flow->state[node] == NOT_PRICED || (!up && flow->ARC_COST[node] - dual >= 0))
			continue;
		flow->tail[node] = up ? node : flow->root;
		flow->head[node] = up ? flow->root : node;
		flow->state[node] = AT_ZERO;
		return node;
	}
	return -1;
}

static int32_t
OF(find_join) (const TreeNode *tree, int32_t one, int32_t other)
{
	while (one != other)
	{
		if (tree[one].depth >= tree[other].depth)
			one = tree[one].parent;
		else
			other = tree[other].parent;
	}
	return one;
}

/*
 * The last arc that blocks the cycle, seen from the join along its direction,
 * leaves: that keeps the tree strongly feasible.
 */
static void
OF(find_leaving) (const CgFlow *flow, OF(Pivot) *pivot)
{
	const TreeNode *tree = flow->tree;
	bool		forward = flow->state[pivot->entering] == AT_ZERO;

	pivot->first = forward ? flow->tail[pivot->entering] : flow->head[pivot->entering];
	pivot->second = forward ? flow->head[pivot->entering] : flow->tail[pivot->entering];
	pivot->join = OF(find_join) (tree, pivot->first, pivot->second);
	pivot->delta = flow->capacity[pivot->entering];
	pivot->leaving_node = -1;
	for (int32_t node = pivot->first; node != pivot->join; node = tree[node].parent)
	{
		int32_t		arc = tree[node].arc;
		int64_t		room = goes_up(flow, node) ? flow->flow[arc] :
			flow->capacity[arc] - flow->flow[arc];

		if (room < pivot->delta)
		{
			pivot->delta = room;
			pivot->leaving_node = node;
			pivot->leaves_at_first = true;
		}
	}
	for (int32_t node = pivot->second; node != pivot->join; node = tree[node].parent)
	{
		int32_t		arc = tree[node].arc;
		int64_t		room = goes_up(flow, node) ? flow->capacity[arc] - flow->flow[arc] :
			flow->flow[arc];

		if (room <= pivot->delta)
		{
			pivot->delta = room;
			pivot->leaving_node = node;
			pivot->leaves_at_first = false;
		}
	}
}

static void
OF(augment) (CgFlow *flow, const OF(Pivot) *pivot)
{
	const TreeNode *tree = flow->tree;
	int64_t		delta = pivot->delta;

	if (delta == 0)
		return;
	flow->flow[pivot->entering] += flow->state[pivot->entering] * delta;
	for (int32_t node = pivot->first; node != pivot->join; node = tree[node].parent)
		flow->flow[tree[node].arc] += goes_up(flow, node) ? -delta : delta;
	for (int32_t node = pivot->second; node != pivot->join; node = tree[node].parent)
		flow->flow[tree[node].arc] += goes_up(flow, node) ? delta : -delta;
}

/*
 * Hang the subtree that is cut off to the other end of the entering arc:
 * the path from there to the leaving arc turns round.
 */
static void
OF(turn_path) (TreeNode *tree, int32_t node, int32_t last, int32_t parent, int32_t arc)
{
	for (;;)
	{
		TreeNode   *place = &tree[node];
		int32_t		old_parent = place->parent;
		int32_t		old_arc = place->arc;

		if (place->prev >= 0)
			tree[place->prev].next = place->next;
		else
			tree[old_parent].first = place->next;
		if (place->next >= 0)
			tree[place->next].prev = place->prev;
		place->parent = parent;
		place->arc = arc;
		place->prev = -1;
		place->next = tree[parent].first;
		if (place->next >= 0)
			tree[place->next].prev = node;
		tree[parent].first = node;
		if (node == last)
			break;
		parent = node;
		arc = old_arc;
		node = old_parent;
	}
}

/*
 * Shift the duals of a subtree and set its depths anew.
 */
static void
OF(shift_duals) (CgFlow *flow, int32_t top, COST shift)
{
	TreeNode   *tree = flow->tree;
	int32_t		node = top;
	int32_t		depth = tree[tree[top].parent].depth + 1;
	int64_t		work = 0;

	for (;;)
	{
		flow->DUAL[node] += shift;
		tree[node].depth = depth;
		work++;
		if (tree[node].first >= 0)
		{
			node = tree[node].first;
			depth++;
			continue;
		}
		while (node != top && tree[node].next < 0)
		{
			node = tree[node].parent;
			depth--;
		}
		if (node == top)
			break;
		node = tree[node].next;
	}
	flow->work += work;
}

static void
OF(change_tree) (CgFlow *flow, const OF(Pivot) *pivot)
{
	int32_t		entering = pivot->entering;
	int32_t		leaving = flow->tree[pivot->leaving_node].arc;
	int32_t		inside = pivot->leaves_at_first ? pivot->first : pivot->second;
	int32_t		outside = pivot->leaves_at_first ? pivot->second : pivot->first;
	COST		reduced = flow->ARC_COST[entering] + flow->DUAL[flow->tail[entering]] -
		flow->DUAL[flow->head[entering]];

	flow->state[entering] = NOT_PRICED;
	flow->state[leaving] = flow->flow[leaving] == 0 ? AT_ZERO : AT_CAPACITY;
	OF(turn_path) (flow->tree, inside, pivot->leaving_node, outside, entering);
	OF(shift_duals) (flow, inside, flow->tail[entering] == inside ? -reduced : reduced);
}

CgFlowStatus
OF(cg_flow_run) (CgFlow *flow)
{
	int32_t		block = 32;
	OF(Pivot)	pivot;

	while ((int64_t) block * block < flow->arcs - flow->nodes)
		block++;
	flow->tree[flow->root].depth = 0;
	flow->DUAL[flow->root] = 0;
	OF(set_duals) (flow, flow->root);
	if (flow->next_arc < flow->nodes || flow->next_arc >= flow->arcs)
		flow->next_arc = flow->nodes;
	while ((pivot.entering = OF(find_entering) (flow, block)) >= 0 ||
		   (pivot.entering = OF(find_artificial) (flow)) >= 0)
	{
		OF(find_leaving) (flow, &pivot);
		if (pivot.delta >= CG_FLOW_UNLIMITED / 2)
			return CG_FLOW_UNBOUNDED;
		OF(augment) (flow, &pivot);
		if (pivot.leaving_node < 0)
			flow->state[pivot.entering] = -flow->state[pivot.entering];
		else
			OF(change_tree) (flow, &pivot);
		flow->pivots++;
		flow->work += 100;
		if (flow->work >= WORK_BETWEEN_STOPS && is_stopped(flow))
			return CG_FLOW_STOPPED;
	}
	return CG_FLOW_OPTIMAL;
}
