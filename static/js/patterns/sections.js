/** Every view there is: what it is for, how it is operated, the files it is drawn by, and its specimens. */
import {ByHand} from "./by_hand.js";
import {Besides} from "./beside.js";
import {Comparisons} from "./comparisons.js";
import {ChosenHead, Grids} from "./heads.js";
import {Heatmaps, Legends, LineViews, MovedValues, Pages, QueriesKeysValues, Tables, Tilings} from "./figures.js";
import {Downstream, Edits} from "./editing.js";
import {Exercises, Rows} from "./exercises.js";
import {Files} from "./files.js";
import {Gaps} from "./filling.js";
import {Generations, Results} from "./generation.js";
import {Painters} from "./masks.js";
import {Matrices} from "./matrices.js";
import {Measured} from "./measured.js";
import {Player, Strips} from "./player.js";
import {Stages} from "./stages.js";
import {Roads} from "./road.js";
import {States} from "./states.js";
import {Structures} from "./structure.js";
import {Trainings} from "./training.js";
import {Writings} from "./writing.js";
import {Cells, NextTokens, Saving, Sentences, Tokens, Tours} from "./words.js";

/** @param {(message: string) => string} t files: below static/js/views; narrow: three specimens stand side by side */
export const sections = (t) => [
  {id: "sentence", title: t("Sentence"), files: ["sentence_bar", "elapsed"], Specimens: Sentences,
    about: t("Text, model, mask and examples. Enter runs the model, Shift with Enter begins a line; a refusal is a sentence below the box, and the text stays.")},
  {id: "tokens", title: t("Tokens"), files: ["token_row", "token", "sideways", "find_token"], Specimens: Tokens,
    about: t("The model's own inputs with their positions. A click, or an arrow key, chooses the query, underlined; the key has a line above it. A character that takes several tokens says which part it is, special tokens stand in ⟨⟩.")},
  {id: "grid", title: t("Head grid"), files: ["head_grid", "head_keys", "thumbnail", "kind_filter"], Specimens: Grids, narrow: true,
    about: t("Every head of every block at a glance. Arrow keys walk, a click chooses; the grid is sifted by a kind of head, searched, and sorted by score.")},
  {id: "head", title: t("The chosen head"), files: ["head_figure", "head_kinds", "evidence", "token_steps", "sink", "choice"], Specimens: ChosenHead,
    about: t("One head in five views, with what kind of head it is on this sentence. Arrow keys change the tab, and a kind marks its cells in the picture.")},
  {id: "heatmap", title: t("Heatmap"), files: ["heatmap", "ready_picture", "axis_labels", "head_figure"], Specimens: Heatmaps,
    about: t("A row for every query, a column for every key. Point at a cell to read it, click or use the arrow keys to choose it; Home and End lead to the ends of a row.")},
  {id: "tiled", title: t("Heatmap of many tokens"), files: ["tiled_heatmap", "tiles", "tile_canvas", "largest", "working", "gestures", "overview", "zoom_bar"], Specimens: Tilings,
    about: t("Beyond 256 tokens a head is drawn like a map: the wheel, two fingers, + and − zoom, dragging moves, 0 leads back to the whole. Every cell stays exact.")},
  {id: "table", title: t("Tables"), files: ["number_table", "pages", "precision"], Specimens: Tables,
    about: t("The numbers of a matrix in words, with headers that a screen reader reads. A click chooses a cell; a long one has pages.")},
  {id: "file", title: t("A file of attentions"), files: ["opened_file", "weight_cell", "row_table"], Specimens: Files,
    about: t("Attentions of any model from a file, read in the browser alone. What is not in the file is not drawn.")},
  {id: "paged", title: t("Heatmap for a class"), files: ["paged_heatmap"], Specimens: Pages,
    about: t("As it stands in a presentation: at most 16 tokens at a time, twice as large. The arrow keys cross from page to page.")},
  {id: "legend", title: t("Legends"), files: ["legend"], Specimens: Legends,
    about: t("What the colours stand for, made by the functions that colour the cells.")},
  {id: "lines", title: t("Lines"), files: ["lines", "line_canvas", "line_side", "line_controls"], Specimens: LineViews,
    about: t("A line from every query to every key, as thick as the weight. Point at a token to see its lines alone; arrow keys walk along a side and across.")},
  {id: "qkv", title: t("Q, K, V and feature by feature"), files: ["matrices", "neuron", "strip", "pixel_matrix", "tiled_matrix"], Specimens: QueriesKeysValues,
    about: t("A query and a key, multiplied feature by feature, with the sum so far; below them all queries, keys and values. Arrow keys choose a feature, a click a row.")},
  {id: "values", title: t("Values"), files: ["values", "key_bars", "shares", "walk"], Specimens: MovedValues,
    about: t("What a head moves: weight times the length of the value, and each head's share of what is added. Arrow keys go through keys and heads.")},
  {id: "cell", title: t("Worked cell"), files: ["worked_cell", "masked_row", "cell_header", "strip"], Specimens: Cells, narrow: true,
    about: t("One weight, number by number, worked out again from the model's q, k and v, with the difference from its own result. A click on a row of the table goes to that key.")},
  {id: "mask", title: t("Mask painter"), files: ["mask_painter", "mask_grid"], Specimens: Painters,
    about: t("A mask painted by hand on the model's own. Click, drag, or the arrow keys with Space; with Shift they paint on. Here nothing is run.")},
  {id: "predictions", title: t("Predictions"), files: ["predictions"], Specimens: NextTokens,
    about: t("The likeliest tokens at the chosen position and their share of the whole vocabulary. Choose another token above them.")},
  {id: "player", title: t("Step player"), files: ["step_player", "architecture"], Specimens: Player,
    about: t("The forward pass, stage by stage: where it is in the model, what is computed there, and what it means. Go on with the strip, with its arrow keys, or by a click on the plan.")},
  {id: "stages", title: t("Stages"), files: ["stage_figure", "stage_formula", "stage_numbers", "checked", "stage_tables", "matrix", "dials"], Specimens: Stages,
    about: t("What a stage is made of: its figure, its formula with the shapes, and the numbers at the chosen token. Arrow keys read single numbers in a matrix, a click chooses a row.")},
  {id: "strip", title: t("Step strip"), files: ["step_strip"], Specimens: Strips,
    about: t("The stages as a film strip. Arrow keys go through them, Page Up and Page Down from part to part; playing stays at each for a while.")},
  {id: "structure", title: t("The structure of a model"), files: ["structure", "structure_drawing", "part_detail", "ledger"], Specimens: Structures,
    about: t("A model drawn from its own parts, with shapes along the arrows: the stream is the road, and every part leads to its tensor, its formula and its parameters. Arrow keys go from part to part, Enter chooses.")},
  {id: "road", title: t("The stream as a road"), files: ["road"], Specimens: Roads,
    about: t("One token on its way through a block: what stands on the road, what attention and MLP make beside it, and how it is added. The switches run the block anew, built otherwise.")},
  {id: "writing", title: t("Writing"), files: ["write", "written", "candidates", "vocabulary_curve", "beams", "lens", "spread", "kept"], Specimens: Writings, narrow: true,
    about: t("What a model would write next, how a draw is shaped, and what is told of it. In the workbench a press on a token writes it; here nothing is written on.")},
  {id: "filling", title: t("Filling in"), files: ["fill", "chosen_word", "fillings", "readers"], Specimens: Gaps,
    about: t("What an encoder says stands at a hidden place, with both sides read and with the left one alone, and which heads read the neighbours. Arrow keys lead through candidates and heads; a press on a column sorts.")},
  {id: "edits", title: t("Edits"), files: ["edit_menu", "edit_chips", "swap_menu", "menu"], Specimens: Edits,
    about: t("What is done to a head or a token, and the edits of a run in a row. A button that is pressed is undone by pressing it again; Escape closes a menu.")},
  {id: "downstream", title: t("What the edits changed"), files: ["edit", "both_predictions", "stream_map", "changed_patterns", "importance"], Specimens: Downstream,
    about: t("The same run without the edits and with them: predictions, residual stream, patterns; and each head edited in turn. Arrow keys read the stream, Enter chooses the position.")},
  {id: "matrices", title: t("Matrices by hand"), files: ["number_grid", "weights_editor", "lenses"], Specimens: Matrices,
    about: t("Small matrices whose entries can be changed. Arrow keys choose an entry, a number that is typed takes its place, Alt with the arrows up and down adds and takes away 1, Delete puts it back.")},
  {id: "comparison", title: t("Comparison"), files: ["compare", "comparison_pane", "pane_title", "pane_controls", "boundary", "token_matrix", "difference_figure",
    "vector_table", "compared_cell", "row_story", "compared_predictions", "compared_heads", "difference_grid", "presets"], Specimens: Comparisons,
    about: t("Runs side by side with one selection, and what lies between them. Arrow keys move in any of the pictures, and the end of a prefix; a click on the largest difference goes there.")},
  {id: "training", title: t("Training"), files: ["training", "birth_curve"], Specimens: Trainings,
    about: t("How a kind of head came up in training. The slider runs the sentence with the weights of a checkpoint; a click on the curve goes to the nearest one.")},
  {id: "stations", title: t("Stations of a row"), files: ["stations"], Specimens: Rows,
    about: t("One row of attention from the dot products to the weights, with any divisor. Arrow keys move the slider.")},
  {id: "exercises", title: t("Exercises"), files: ["fill_table", "head_picker"], Specimens: Exercises,
    about: t("Numbers to type in, as they stand in a lesson: Enter checks, and what is right is marked.")},
  {id: "generation", title: t("One word at a time"), files: ["next_token", "cache_drawer", "new_word", "thinking"], Specimens: Generations,
    about: t("What lesson 9 shows with runs of its own: a temperature on real logits, a cache beside runs without one, rows before and after a new word, and the blocks behind each token.")},
  {id: "ideas", title: t("Ten ideas, before and after"), files: ["test_result"], Specimens: Results, narrow: true,
    about: t("How the concept test ends: each idea in each round, without points, and the lesson that shows it.")},
  {id: "by-hand", title: t("Worked by hand"), files: ["word_order", "clock_hand", "tokens_cut", "split_heads", "mask_builder", "family_card", "weight_table"], Specimens: ByHand,
    about: t("What the lessons on tokens, heads and masks are played with. Words are dragged or moved by their arrows, heads switched, cells of a mask clicked; every change is run.")},
  {id: "measured", title: t("What is measured live"), files: ["gradient_distance", "gradient_depth", "saturation", "log_plot", "measuring", "plain_table", "settings"], Specimens: Measured,
    about: t("Lines on a logarithmic axis with their table, controls and progress, measured by the server when they are first seen. Arrow keys move the sliders.")},
  {id: "beside", title: t("Three models side by side"), files: ["relay", "hidden_states", "far_word", "loss_curves", "race", "cost", "line_chart", "slider"], Specimens: Besides,
    about: t("Figures of the lessons on why there is attention and on what it costs. Sliders have buttons; the race runs when it is asked for.")},
  {id: "save", title: t("Save"), files: ["save_menu"], Specimens: Saving,
    about: t("Pictures, numbers and the call that makes them again. Here they are of one head of the decoder, and the link opens it in the workbench.")},
  {id: "tour", title: t("Tour"), files: ["tour"], Specimens: Tours,
    about: t("Five steps through the workbench, at a first visit and on asking. Escape closes it.")},
  {id: "states", title: t("Waiting"), files: ["workbench", "look", "acts", "skip_links", "heatmap"], Specimens: States,
    about: t("What stands there while there is nothing to show yet, and while something new is on its way.")},
];
