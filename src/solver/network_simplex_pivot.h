/*-------------------------------------------------------------------------
 *
 * network_simplex_pivot.h
 *	  The pivots of the network simplex, for one width of cost.
 *
 * Included twice, with these names defined: COST (the type), OF(name) (the
 * name for this width), ARC_COST, DUAL and OFFSET (the arrays).
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

/* What the arc to the parent adds to the parent's dual. */
static inline COST
OF(step_from_parent) (const CgFlow *flow, int32_t node)
{
	COST		cost = flow->ARC_COST[flow->tree[node].arc];

	return goes_up(flow, node) ? -cost : cost;
}

static inline COST
OF(dual_of) (const CgFlow *flow, int32_t node)
{
	return flow->DUAL[flow->reference[node]] + flow->OFFSET[node];
}

static void
OF(be_inner) (CgFlow *flow, int32_t node)
{
	COST		dual = OF(dual_of) (flow, node);

	flow->DUAL[node] = dual;
	flow->OFFSET[node] = 0;
	flow->reference[node] = node;
}

static void
OF(be_leaf) (CgFlow *flow, int32_t node)
{
	flow->reference[node] = flow->tree[node].parent;
	flow->OFFSET[node] = OF(step_from_parent) (flow, node);
}

/*
 * Shift the duals of the inner nodes of a subtree and set their depths anew.
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

/*
 * The duals and depths of the whole tree, from the root down.
 */
static void
OF(set_duals) (CgFlow *flow)
{
	TreeNode   *tree = flow->tree;
	int32_t		node = flow->root;

	tree[node].depth = 0;
	flow->DUAL[node] = 0;
	flow->OFFSET[node] = 0;
	flow->reference[node] = node;
	for (int32_t leaf = 0; leaf < flow->nodes; leaf++)
	{
		if (tree[leaf].children == 0)
			OF(be_leaf) (flow, leaf);
	}
	for (;;)
	{
		if (node != flow->root)
		{
			flow->DUAL[node] = flow->DUAL[tree[node].parent] + OF(step_from_parent) (flow, node);
			flow->OFFSET[node] = 0;
			flow->reference[node] = node;
			tree[node].depth = tree[tree[node].parent].depth + 1;
		}
		if (tree[node].first >= 0)
		{
			node = tree[node].first;
			continue;
		}
		while (node != flow->root && tree[node].next < 0)
			node = tree[node].parent;
		if (node == flow->root)
			break;
		node = tree[node].next;
	}
}

/*
 * After the last pivot every node has its dual in its own place.
 */
static void
OF(publish_duals) (CgFlow *flow)
{
	for (int32_t node = 0; node < flow->nodes; node++)
	{
		if (flow->reference[node] != node)
			flow->DUAL[node] = OF(dual_of) (flow, node);
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
	const COST *offset = flow->OFFSET;
	const int32_t *reference = flow->reference;
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
			int32_t		from = tail[arc];
			int32_t		to = head[arc];
			COST		reduced = state[arc] * (cost[arc] + dual[reference[from]] + offset[from] -
											dual[reference[to]] - offset[to]);

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
		COST		dual = OF(dual_of) (flow, node);
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
	/* Only here a leaf may be met. */
	if (one != other && tree[one].children == 0 && tree[one].parent >= 0)
		one = tree[one].parent;
	if (one != other && tree[other].children == 0 && tree[other].parent >= 0)
		other = tree[other].parent;
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
	pivot->leaves_at_first = false;
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
 * the path from there to the leaving arc turns round.  All nodes of the path
 * are inner, though its ends need not have children any more or yet.
 */
static void
OF(turn_path) (TreeNode *tree, int32_t node, int32_t last, int32_t parent, int32_t arc)
{
	for (;;)
	{
		TreeNode   *place = &tree[node];
		int32_t		old_parent = place->parent;
		int32_t		old_arc = place->arc;

		cg_flow_unlink(tree, node);
		tree[old_parent].children--;
		place->parent = parent;
		place->arc = arc;
		cg_flow_link(tree, node);
		tree[parent].children++;
		if (node == last)
			break;
		parent = node;
		arc = old_arc;
		node = old_parent;
	}
}

/*
 * A node that lost its last child becomes a leaf.
 */
static void
OF(leave_if_childless) (CgFlow *flow, int32_t node)
{
	if (node == flow->root || flow->tree[node].children > 0)
		return;
	cg_flow_unlink(flow->tree, node);
	OF(be_leaf) (flow, node);
}

static void
OF(enter_if_leaf) (CgFlow *flow, int32_t node)
{
	TreeNode   *tree = flow->tree;

	if (flow->reference[node] == node)
		return;
	OF(be_inner) (flow, node);
	tree[node].depth = tree[tree[node].parent].depth + 1;
	tree[node].first = -1;
	cg_flow_link(tree, node);
}

static void
OF(change_tree) (CgFlow *flow, const OF(Pivot) *pivot)
{
	TreeNode   *tree = flow->tree;
	int32_t		entering = pivot->entering;
	int32_t		top = pivot->leaving_node;
	int32_t		leaving = tree[top].arc;
	int32_t		left = tree[top].parent;
	int32_t		inside = pivot->leaves_at_first ? pivot->first : pivot->second;
	int32_t		outside = pivot->leaves_at_first ? pivot->second : pivot->first;
	COST		reduced = flow->ARC_COST[entering] + OF(dual_of) (flow, flow->tail[entering]) -
		OF(dual_of) (flow, flow->head[entering]);

	flow->state[entering] = NOT_PRICED;
	flow->state[leaving] = flow->flow[leaving] == 0 ? AT_ZERO : AT_CAPACITY;
	OF(enter_if_leaf) (flow, outside);
	if (inside == top && tree[top].children == 0)
	{
		tree[left].children--;
		tree[top].parent = outside;
		tree[top].arc = entering;
		tree[outside].children++;
		OF(be_leaf) (flow, top);
	}
	else
	{
		OF(enter_if_leaf) (flow, inside);
		OF(turn_path) (tree, inside, top, outside, entering);
		if (inside != top)
			OF(leave_if_childless) (flow, top);
		OF(shift_duals) (flow, inside, flow->tail[entering] == inside ? -reduced : reduced);
	}
	OF(leave_if_childless) (flow, left);
}

CgFlowStatus
OF(cg_flow_run) (CgFlow *flow)
{
	int32_t		block = 32;
	OF(Pivot)	pivot;

	while ((int64_t) block * block < flow->arcs - flow->nodes)
		block++;
	OF(set_duals) (flow);
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
	OF(publish_duals) (flow);
	return CG_FLOW_OPTIMAL;
}
