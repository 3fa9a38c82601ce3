package io.agilelens.app.window;

/** What a random walk can do next, and how often it does. */
enum WalkAction {
    STATION(8),
    SLIDER(12),
    DRAG_SLIDER(5),
    TYPE(5),
    CHOOSE(7),
    PRESS(14),
    TAB(4),
    CLICK(12),
    DRAG(4),
    SCROLL(6),
    HOVER(8),
    KEY(6),
    UNDO(6),
    REDO(5),
    BACK(2),
    FORWARD(2),
    MENU(5),
    SAMPLE(2),
    BAD_MODEL(3),
    TEXT(2),
    CANCEL(3),
    RESIZE(3),
    THEME(2),
    PIN(2),
    DISMISS(8),
    REOPEN(1);

    private final int weight;

    WalkAction(int weight) {
        this.weight = weight;
    }

    /**
     * The action at a place between all of them, each as wide as it is frequent.
     *
     * @param place from 0 up to but not including 1
     */
    static WalkAction at(double place) {
        int total = 0;
        for (WalkAction action : values()) {
            total += action.weight;
        }
        double left = place * total;
        for (WalkAction action : values()) {
            left -= action.weight;
            if (left < 0) {
                return action;
            }
        }
        return DISMISS;
    }
}
