package io.agilelens.views.lessons;

/**
 * The end of a lesson.
 *
 * @param done whether its last step was reached, rather than left
 * @param right questions answered rightly
 * @param changed whether recipe or model are not as they were before
 */
record LessonEnd(Lesson lesson, boolean done, int right, boolean changed) {}
