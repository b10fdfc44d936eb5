/*-------------------------------------------------------------------------
 *
 * suppression_core.c
 *	  Which cells of a published table to leave out, and what can still be
 *	  worked out about them.
 *
 * A table of two dimensions with its totals is a circulation: each cell is an
 * arc from its row to its column, each total an arc that closes the round, and
 * at every node what comes in goes out, because sums agree.  What a reader
 * does not know is how much flows through the arcs of the cells left out.  The
 * most and the least that one of them can hold is a maximal flow in the
 * residual network around it, exactly, whole numbers included.
 *
 * To protect a small cell, a round through its arc is sought whose other arcs
 * are, or become, left out: the cheapest by Dijkstra's algorithm.  Along such
 * a round the flow can be moved up, and along another down, far enough that
 * nothing can be said beyond that the cell is small.
 *
 * L. H. Cox, Network models for complementary cell suppression, J Am Stat
 *	  Assoc 1995;90:1453-62.
 * M. Fischetti and J. J. Salazar, Math Program 1999;84:283-312.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/suppression_core.h"

#include <math.h>
#include <string.h>

/* A total left out costs the reader more than a cell. */
#define TOTAL_COST 10.0

/* An arc in both directions of the residual network. */
typedef struct Network
{
	CgCell	   *cells;
	int			rows;
	int			columns;
	int			nodes;			/* rows + 1, then columns + 1 */
	double		threshold;
	double	   *flow;			/* of each cell, as moved by the search */
	double	   *cost;			/* of each node, in Dijkstra's search */
	int		   *by;				/* the step that reached a node, or 0 */
	int		   *queue;
	int		   *place;			/* in the heap, or -1 */
	bool		(*stop) (void);
	long		steps;
} Network;

/*
 * Node 0 is where row totals start, nodes 1 … rows are rows; node rows + 1 is
 * where column totals end, the nodes behind it are columns.
 */
static int
row_node(int row)
{
	return row;
}

static int
column_node(const Network *net, int column)
{
	return net->rows + 1 + column;
}

/*
 * A cell inside flows from its row to its column, a column's total from the
 * column to the node of the totals' row, the grand total on to the node of
 * the totals' column, and the rows' totals from there to the rows.
 */
static void
ends_of(const Network *net, int cell, int *from, int *to)
{
	int			row = cell / (net->columns + 1);
	int			column = cell % (net->columns + 1);

	*from = row_node(row);
	*to = column_node(net, column);
	if ((row == 0) != (column == 0))
	{
		*from = column_node(net, column);
		*to = row_node(row);
	}
	else if (row == 0)
	{
		/* the grand total: from the totals' row to the totals' column */
		*from = row_node(0);
		*to = column_node(net, 0);
	}
}

/*
 * The cells that touch a node: a row's are side by side, a column's one under
 * another.
 */
static int
cells_at(const Network *net, int node)
{
	return node <= net->rows ? net->columns + 1 : net->rows + 1;
}

static int
cell_at(const Network *net, int node, int i)
{
	if (node <= net->rows)
		return node * (net->columns + 1) + i;
	return i * (net->columns + 1) + node - net->rows - 1;
}

static bool
is_hidden(const CgCell *cell)
{
	return cell->state != CG_CELL_SHOWN;
}

static bool
is_total(const Network *net, int cell)
{
	return cell <= net->columns || cell % (net->columns + 1) == 0;
}

/*
 * The least that a reader allows a hidden cell: zeros are shown.
 */
static double
least(const CgCell *cell)
{
	return cell->state == CG_CELL_UNPUBLISHED ? 0 : 1;
}

/*
 * How much more can flow from a node over a cell's arc: forwards without
 * limit, backwards down to the least.
 */
static double
residual(const Network *net, int cell, bool forwards)
{
	if (forwards)
		return INFINITY;
	return net->flow[cell] - least(&net->cells[cell]);
}

/*
 * One path with residual flow from source to sink around the cell avoided;
 * breadth first.  by[] holds 2 * cell + direction + 1.
 */
static bool
find_path(Network *net, int source, int sink, int avoided)
{
	int			head = 0;
	int			tail = 0;

	memset(net->by, 0, sizeof(int) * (size_t) net->nodes);
	net->queue[tail++] = source;
	net->by[source] = -1;
	while (head < tail)
	{
		int			node = net->queue[head++];
		int			count = cells_at(net, node);

		for (int i = 0; i < count; i++)
		{
			int			cell = cell_at(net, node, i);
			int			from;
			int			to;
			bool		forwards;
			int			next;

			if (cell == avoided || !is_hidden(&net->cells[cell]))
				continue;
			ends_of(net, cell, &from, &to);
			forwards = from == node;
			next = forwards ? to : from;
			if (net->by[next] != 0 || residual(net, cell, forwards) < 1)
				continue;
			net->by[next] = 2 * cell + (forwards ? 1 : 0) + 1;
			if (next == sink)
				return true;
			net->queue[tail++] = next;
		}
		net->steps += count;
	}
	return false;
}

/*
 * Walk back along the path found: the least residual flow, and then move it.
 */
static double
narrowest(const Network *net, int source, int sink)
{
	double		least_residual = INFINITY;

	for (int node = sink; node != source;)
	{
		int			step = net->by[node] - 1;
		int			from;
		int			to;

		least_residual = fmin(least_residual, residual(net, step / 2, step % 2));
		ends_of(net, step / 2, &from, &to);
		node = step % 2 ? from : to;
	}
	return least_residual;
}

static void
move_flow(Network *net, int source, int sink, double amount)
{
	for (int node = sink; node != source;)
	{
		int			step = net->by[node] - 1;
		int			from;
		int			to;

		net->flow[step / 2] += step % 2 ? amount : -amount;
		ends_of(net, step / 2, &from, &to);
		node = step % 2 ? from : to;
	}
}

static bool
stopped(Network *net)
{
	if (net->steps < 1000000)
		return false;
	net->steps = 0;
	return net->stop != NULL && net->stop();
}

/*
 * How far a hidden cell can be moved up or down; negative when stopped.
 */
static double
room_to_move(Network *net, int cell, bool up, double enough)
{
	size_t		count = (size_t) (net->rows + 1) * (size_t) (net->columns + 1);
	double		room = 0;
	double		limit = enough;
	int			from;
	int			to;
	int			source;
	int			sink;

	for (size_t i = 0; i < count; i++)
		net->flow[i] = net->cells[i].value;
	ends_of(net, cell, &from, &to);
	source = up ? to : from;
	sink = up ? from : to;
	if (!up)
		limit = fmin(limit, net->cells[cell].value - least(&net->cells[cell]));
	while (room < limit && find_path(net, source, sink, cell))
	{
		double		amount = narrowest(net, source, sink);

		if (isinf(amount) && isinf(limit))
			return INFINITY;
		amount = fmin(amount, limit - room);
		move_flow(net, source, sink, amount);
		room += amount;
		if (stopped(net))
			return -1;
	}
	return room;
}

/*
 * What leaving a shown cell out costs.  Zeros are never left out.
 */
static double
price(const Network *net, int cell)
{
	double		cost = 1 + log1p(net->cells[cell].value);

	if (is_hidden(&net->cells[cell]))
		return 0;
	return is_total(net, cell) ? TOTAL_COST * cost : cost;
}

static void
heap_up(Network *net, int at)
{
	int			node = net->queue[at];

	for (; at > 0 && net->cost[net->queue[(at - 1) / 2]] > net->cost[node]; at = (at - 1) / 2)
	{
		net->queue[at] = net->queue[(at - 1) / 2];
		net->place[net->queue[at]] = at;
	}
	net->queue[at] = node;
	net->place[node] = at;
}

static int
heap_pop(Network *net, int *size)
{
	int			top = net->queue[0];
	int			node = net->queue[--(*size)];
	int			at = 0;

	net->place[top] = -1;
	if (*size == 0)
		return top;
	for (;;)
	{
		int			child = 2 * at + 1;

		if (child >= *size)
			break;
		if (child + 1 < *size &&
			net->cost[net->queue[child + 1]] < net->cost[net->queue[child]])
			child++;
		if (net->cost[net->queue[child]] >= net->cost[node])
			break;
		net->queue[at] = net->queue[child];
		net->place[net->queue[at]] = at;
		at = child;
	}
	net->queue[at] = node;
	net->place[node] = at;
	return top;
}

/*
 * The cheapest path on which an amount can be moved at the true values, over
 * cells that may yet be left out.
 */
static bool
find_cheapest(Network *net, int source, int sink, int avoided, double amount)
{
	int			size = 0;

	for (int node = 0; node < net->nodes; node++)
	{
		net->cost[node] = INFINITY;
		net->place[node] = -1;
		net->by[node] = 0;
	}
	net->cost[source] = 0;
	net->by[source] = -1;
	net->queue[size++] = source;
	net->place[source] = 0;
	while (size > 0)
	{
		int			node = heap_pop(net, &size);
		int			count = cells_at(net, node);

		if (node == sink)
			return true;
		for (int i = 0; i < count; i++)
		{
			int			cell = cell_at(net, node, i);
			const CgCell *the = &net->cells[cell];
			int			from;
			int			to;
			bool		forwards;
			int			next;
			double		cost;

			if (cell == avoided || (!is_hidden(the) && the->value == 0))
				continue;
			ends_of(net, cell, &from, &to);
			forwards = from == node;
			next = forwards ? to : from;
			if (!forwards && the->value - least(the) < amount)
				continue;
			cost = net->cost[node] + price(net, cell);
			if (cost >= net->cost[next])
				continue;
			net->cost[next] = cost;
			net->by[next] = 2 * cell + (forwards ? 1 : 0) + 1;
			if (net->place[next] < 0)
			{
				net->queue[size] = next;
				heap_up(net, size++);
			}
			else
				heap_up(net, net->place[next]);
		}
		net->steps += count;
	}
	return false;
}

/*
 * See that a small cell can be moved so far; false when nothing helps.
 */
static bool
protect(Network *net, int cell, bool up, double amount)
{
	int			from;
	int			to;
	int			source;
	int			sink;

	if (amount <= 0 || room_to_move(net, cell, up, amount) >= amount)
		return true;
	ends_of(net, cell, &from, &to);
	source = up ? to : from;
	sink = up ? from : to;
	if (!find_cheapest(net, source, sink, cell, amount))
		return false;
	for (int node = sink; node != source;)
	{
		int			step = net->by[node] - 1;
		CgCell	   *crossed = &net->cells[step / 2];

		if (!is_hidden(crossed))
			crossed->state = CG_CELL_SECONDARY;
		ends_of(net, step / 2, &from, &to);
		node = step % 2 ? from : to;
	}
	return true;
}

/*
 * Are the totals sums?  Returns the place of one that is not, or -1.
 */
static int
wrong_total(const CgCell *cells, int rows, int columns)
{
	for (int row = 0; row <= rows; row++)
	{
		double		sum = 0;

		for (int column = 1; column <= columns; column++)
			sum += cells[row * (columns + 1) + column].value;
		if (sum != cells[row * (columns + 1)].value)
			return row * (columns + 1);
	}
	for (int column = 0; column <= columns; column++)
	{
		double		sum = 0;

		for (int row = 1; row <= rows; row++)
			sum += cells[row * (columns + 1) + column].value;
		if (sum != cells[column].value)
			return column;
	}
	return -1;
}

/*
 * Smallest first: they need the widest interval, and what protects them often
 * protects the others too.
 */
static void
protect_all(Network *net, int count)
{
	for (double value = 1; value < net->threshold; value++)
	{
		for (int cell = 0; cell < count; cell++)
		{
			CgCell	   *the = &net->cells[cell];

			if (the->value != value || the->state != CG_CELL_PRIMARY)
				continue;
			if (!protect(net, cell, true,
						 fmax(1, net->threshold - 1 - value)) ||
				!protect(net, cell, false, value - 1))
				the->state = CG_CELL_EXPOSED;
			if (stopped(net))
				return;
		}
	}
}

static CgSuppressionProblem
attack_all(Network *net, int count)
{
	for (int cell = 0; cell < count; cell++)
	{
		CgCell	   *the = &net->cells[cell];
		double		down;
		double		up;

		the->lower = the->upper = the->value;
		if (!is_hidden(the))
			continue;
		down = room_to_move(net, cell, false, INFINITY);
		up = room_to_move(net, cell, true, INFINITY);
		if (down < 0 || up < 0)
			return CG_SUPPRESSION_STOPPED;
		the->lower -= down;
		the->upper += up;
	}
	return CG_SUPPRESSION_OK;
}

CgSuppressionProblem
cg_suppress(CgCell *cells, int rows, int columns, double threshold,
			void *(*allocate) (size_t), void (*release) (void *),
			bool (*stop) (void), int *bad)
{
	int			count = (rows + 1) * (columns + 1);
	Network		net = {.cells = cells, .rows = rows, .columns = columns,
		.nodes = rows + columns + 2, .threshold = threshold, .stop = stop};
	CgSuppressionProblem problem = CG_SUPPRESSION_NO_MEMORY;

	*bad = wrong_total(cells, rows, columns);
	if (*bad >= 0)
		return CG_SUPPRESSION_TOTAL_DIFFERS;
	net.flow = allocate(sizeof(double) * (size_t) count);
	net.cost = allocate(sizeof(double) * (size_t) net.nodes);
	net.by = allocate(sizeof(int) * (size_t) net.nodes);
	net.queue = allocate(sizeof(int) * (size_t) net.nodes);
	net.place = allocate(sizeof(int) * (size_t) net.nodes);
	if (net.flow != NULL && net.cost != NULL && net.by != NULL &&
		net.queue != NULL && net.place != NULL)
	{
		for (int cell = 0; cell < count; cell++)
		{
			if (cells[cell].state == CG_CELL_SHOWN &&
				cells[cell].value > 0 && cells[cell].value < threshold)
				cells[cell].state = CG_CELL_PRIMARY;
		}
		protect_all(&net, count);
		problem = attack_all(&net, count);
	}
	if (net.flow != NULL)
		release(net.flow);
	if (net.cost != NULL)
		release(net.cost);
	if (net.by != NULL)
		release(net.by);
	if (net.queue != NULL)
		release(net.queue);
	if (net.place != NULL)
		release(net.place);
	return problem;
}
