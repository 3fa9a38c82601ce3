package io.agilelens.views.chart;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Composite;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.GraphicsConfiguration;
import java.awt.Image;
import java.awt.Paint;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.font.FontRenderContext;
import java.awt.font.GlyphVector;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.Arc2D;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.PathIterator;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.BufferedImageOp;
import java.awt.image.ImageObserver;
import java.awt.image.RenderedImage;
import java.awt.image.renderable.RenderableImage;
import java.text.AttributedCharacterIterator;
import java.util.Locale;
import java.util.Map;

/**
 * What JFreeChart draws, written down as Scalable Vector Graphics 1.1: shapes as paths in the
 * page's coordinates, text as text. Pictures and paints other than plain colours, which our charts
 * do not use, are refused rather than drawn wrongly.
 */
final class SvgGraphics extends Graphics2D {
    private static final FontRenderContext MEASURE =
            new FontRenderContext(new AffineTransform(), true, true);

    private final StringBuilder body;
    private final double width;
    private final double height;
    private final int[] clipNumbers;

    private AffineTransform transform = new AffineTransform();
    private Color color = Color.BLACK;
    private Color background = Color.WHITE;
    private Stroke stroke = new BasicStroke(1);
    private Font font = Awt.font(12);
    private Composite composite = AlphaComposite.SrcOver;
    private RenderingHints hints = new RenderingHints(Map.of());
    private Area clip;
    private String clipReference = "";

    SvgGraphics(double width, double height) {
        this.body = new StringBuilder();
        this.width = width;
        this.height = height;
        this.clipNumbers = new int[1];
    }

    private SvgGraphics(SvgGraphics parent) {
        this.body = parent.body;
        this.width = parent.width;
        this.height = parent.height;
        this.clipNumbers = parent.clipNumbers;
        this.transform = new AffineTransform(parent.transform);
        this.color = parent.color;
        this.background = parent.background;
        this.stroke = parent.stroke;
        this.font = parent.font;
        this.composite = parent.composite;
        this.hints = (RenderingHints) parent.hints.clone();
        this.clip = parent.clip;
        this.clipReference = parent.clipReference;
    }

    /** The whole document. */
    String document() {
        return Svg.document(width, height, body.toString());
    }

    @Override
    public void draw(Shape shape) {
        if (stroke instanceof BasicStroke line) {
            body.append("<path d='").append(path(shape)).append("' fill='none' ");
            body.append(paint("stroke"))
                    .append(
                            String.format(
                                    Locale.ROOT, " stroke-width='%.2f'", line.getLineWidth()));
            if (line.getDashArray() != null) {
                body.append(" stroke-dasharray='");
                for (float dash : line.getDashArray()) {
                    body.append(String.format(Locale.ROOT, "%.2f ", dash));
                }
                body.append('\'');
            }
            body.append(clipReference).append("/>\n");
        } else {
            fill(stroke.createStrokedShape(shape));
        }
    }

    @Override
    public void fill(Shape shape) {
        body.append("<path d='").append(path(shape)).append("' ").append(paint("fill"));
        body.append(clipReference).append("/>\n");
    }

    @Override
    public void drawString(String text, float x, float y) {
        double[] matrix = new double[6];
        transform.getMatrix(matrix);
        body.append(
                String.format(
                        Locale.ROOT,
                        "<text transform='matrix(%.4f %.4f %.4f %.4f %.2f %.2f)' x='%.2f' y='%.2f'"
                                + " font-size='%.1f' %s%s>%s</text>%n",
                        matrix[0],
                        matrix[1],
                        matrix[2],
                        matrix[3],
                        matrix[4],
                        matrix[5],
                        x,
                        y,
                        font.getSize2D(),
                        paint("fill"),
                        clipReference,
                        Svg.escape(text)));
    }

    private String paint(String attribute) {
        double opacity = color.getAlpha() / 255.0;
        if (composite instanceof AlphaComposite alpha) {
            opacity *= alpha.getAlpha();
        }
        return Svg.paint(
                attribute,
                javafx.scene.paint.Color.rgb(
                        color.getRed(), color.getGreen(), color.getBlue(), opacity));
    }

    private String path(Shape shape) {
        StringBuilder path = new StringBuilder();
        double[] c = new double[6];
        for (PathIterator i = shape.getPathIterator(transform); !i.isDone(); i.next()) {
            switch (i.currentSegment(c)) {
                case PathIterator.SEG_MOVETO -> step(path, 'M', c, 2);
                case PathIterator.SEG_LINETO -> step(path, 'L', c, 2);
                case PathIterator.SEG_QUADTO -> step(path, 'Q', c, 4);
                case PathIterator.SEG_CUBICTO -> step(path, 'C', c, 6);
                default -> path.append('Z');
            }
        }
        return path.toString();
    }

    private static void step(StringBuilder path, char command, double[] c, int count) {
        path.append(command);
        for (int i = 0; i < count; i++) {
            path.append(String.format(Locale.ROOT, i == 0 ? "%.2f" : " %.2f", c[i]));
        }
    }

    @Override
    public void setClip(Shape shape) {
        clip = shape == null ? null : new Area(transform.createTransformedShape(shape));
        clipReference = "";
        if (clip != null) {
            String name = "c" + clipNumbers[0]++;
            AffineTransform kept = transform;
            transform = new AffineTransform();
            body.append("<clipPath id='").append(name).append("'><path d='");
            body.append(path(clip)).append("'/></clipPath>\n");
            transform = kept;
            clipReference = " clip-path='url(#" + name + ")'";
        }
    }

    @Override
    public void clip(Shape shape) {
        if (clip == null || shape == null) {
            setClip(shape);
            return;
        }
        Area both = new Area(clip);
        both.intersect(new Area(transform.createTransformedShape(shape)));
        AffineTransform kept = transform;
        transform = new AffineTransform();
        setClip(both);
        transform = kept;
    }

    @Override
    public Shape getClip() {
        if (clip == null) {
            return null;
        }
        try {
            return transform.createInverse().createTransformedShape(clip);
        } catch (java.awt.geom.NoninvertibleTransformException e) {
            return new Rectangle();
        }
    }

    @Override
    public Rectangle getClipBounds() {
        Shape shape = getClip();
        return shape == null ? null : shape.getBounds();
    }

    @Override
    public void clipRect(int x, int y, int w, int h) {
        clip(new Rectangle(x, y, w, h));
    }

    @Override
    public void setClip(int x, int y, int w, int h) {
        setClip(new Rectangle(x, y, w, h));
    }

    @Override
    public Graphics create() {
        return new SvgGraphics(this);
    }

    @Override
    public void dispose() {
        // Nothing is held.
    }

    @Override
    public void drawString(String text, int x, int y) {
        drawString(text, (float) x, (float) y);
    }

    @Override
    public void drawString(AttributedCharacterIterator text, int x, int y) {
        drawString(text, (float) x, (float) y);
    }

    @Override
    public void drawString(AttributedCharacterIterator text, float x, float y) {
        new TextLayout(text, MEASURE).draw(this, x, y);
    }

    @Override
    public void drawGlyphVector(GlyphVector glyphs, float x, float y) {
        fill(glyphs.getOutline(x, y));
    }

    @Override
    public void drawLine(int x1, int y1, int x2, int y2) {
        draw(new Line2D.Double(x1, y1, x2, y2));
    }

    @Override
    public void fillRect(int x, int y, int w, int h) {
        fill(new Rectangle(x, y, w, h));
    }

    @Override
    public void clearRect(int x, int y, int w, int h) {
        Color kept = color;
        color = background;
        fillRect(x, y, w, h);
        color = kept;
    }

    @Override
    public void drawRoundRect(int x, int y, int w, int h, int arcWidth, int arcHeight) {
        draw(new RoundRectangle2D.Double(x, y, w, h, arcWidth, arcHeight));
    }

    @Override
    public void fillRoundRect(int x, int y, int w, int h, int arcWidth, int arcHeight) {
        fill(new RoundRectangle2D.Double(x, y, w, h, arcWidth, arcHeight));
    }

    @Override
    public void drawOval(int x, int y, int w, int h) {
        draw(new Ellipse2D.Double(x, y, w, h));
    }

    @Override
    public void fillOval(int x, int y, int w, int h) {
        fill(new Ellipse2D.Double(x, y, w, h));
    }

    @Override
    public void drawArc(int x, int y, int w, int h, int start, int extent) {
        draw(new Arc2D.Double(x, y, w, h, start, extent, Arc2D.OPEN));
    }

    @Override
    public void fillArc(int x, int y, int w, int h, int start, int extent) {
        fill(new Arc2D.Double(x, y, w, h, start, extent, Arc2D.PIE));
    }

    @Override
    public void drawPolyline(int[] x, int[] y, int count) {
        for (int i = 1; i < count; i++) {
            drawLine(x[i - 1], y[i - 1], x[i], y[i]);
        }
    }

    @Override
    public void drawPolygon(int[] x, int[] y, int count) {
        draw(new java.awt.Polygon(x, y, count));
    }

    @Override
    public void fillPolygon(int[] x, int[] y, int count) {
        fill(new java.awt.Polygon(x, y, count));
    }

    @Override
    public void translate(int x, int y) {
        transform.translate(x, y);
    }

    @Override
    public void translate(double x, double y) {
        transform.translate(x, y);
    }

    @Override
    public void rotate(double angle) {
        transform.rotate(angle);
    }

    @Override
    public void rotate(double angle, double x, double y) {
        transform.rotate(angle, x, y);
    }

    @Override
    public void scale(double x, double y) {
        transform.scale(x, y);
    }

    @Override
    public void shear(double x, double y) {
        transform.shear(x, y);
    }

    @Override
    public void transform(AffineTransform more) {
        transform.concatenate(more);
    }

    @Override
    public void setTransform(AffineTransform wanted) {
        transform = new AffineTransform(wanted);
    }

    @Override
    public AffineTransform getTransform() {
        return new AffineTransform(transform);
    }

    @Override
    public Paint getPaint() {
        return color;
    }

    @Override
    public void setPaint(Paint paint) {
        if (paint == null) {
            return;
        }
        if (!(paint instanceof Color plain)) {
            throw new UnsupportedOperationException("SVG export knows plain colours only");
        }
        color = plain;
    }

    @Override
    public Color getColor() {
        return color;
    }

    @Override
    public void setColor(Color wanted) {
        setPaint(wanted);
    }

    @Override
    public Color getBackground() {
        return background;
    }

    @Override
    public void setBackground(Color wanted) {
        background = wanted;
    }

    @Override
    public Stroke getStroke() {
        return stroke;
    }

    @Override
    public void setStroke(Stroke wanted) {
        stroke = wanted;
    }

    @Override
    public Composite getComposite() {
        return composite;
    }

    @Override
    public void setComposite(Composite wanted) {
        composite = wanted;
    }

    @Override
    public Font getFont() {
        return font;
    }

    @Override
    public void setFont(Font wanted) {
        if (wanted != null) {
            font = wanted;
        }
    }

    @Override
    public FontMetrics getFontMetrics(Font wanted) {
        BufferedImage ruler = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = ruler.createGraphics();
        try {
            return graphics.getFontMetrics(wanted);
        } finally {
            graphics.dispose();
        }
    }

    @Override
    public FontRenderContext getFontRenderContext() {
        return MEASURE;
    }

    @Override
    public Object getRenderingHint(RenderingHints.Key key) {
        return hints.get(key);
    }

    @Override
    public void setRenderingHint(RenderingHints.Key key, Object value) {
        hints.put(key, value);
    }

    @Override
    public RenderingHints getRenderingHints() {
        return (RenderingHints) hints.clone();
    }

    @Override
    public void setRenderingHints(Map<?, ?> wanted) {
        hints.clear();
        hints.putAll(wanted);
    }

    @Override
    public void addRenderingHints(Map<?, ?> more) {
        hints.putAll(more);
    }

    @Override
    public boolean hit(Rectangle rectangle, Shape shape, boolean onStroke) {
        Shape touched = onStroke ? stroke.createStrokedShape(shape) : shape;
        return transform.createTransformedShape(touched).intersects(rectangle);
    }

    @Override
    public GraphicsConfiguration getDeviceConfiguration() {
        return null;
    }

    @Override
    public void setPaintMode() {
        composite = AlphaComposite.SrcOver;
    }

    @Override
    public void setXORMode(Color other) {
        throw refused();
    }

    @Override
    public void copyArea(int x, int y, int w, int h, int dx, int dy) {
        throw refused();
    }

    @Override
    public boolean drawImage(Image image, AffineTransform where, ImageObserver observer) {
        throw refused();
    }

    @Override
    public void drawImage(BufferedImage image, BufferedImageOp operation, int x, int y) {
        throw refused();
    }

    @Override
    public void drawRenderedImage(RenderedImage image, AffineTransform where) {
        throw refused();
    }

    @Override
    public void drawRenderableImage(RenderableImage image, AffineTransform where) {
        throw refused();
    }

    @Override
    public boolean drawImage(Image image, int x, int y, ImageObserver observer) {
        throw refused();
    }

    @Override
    public boolean drawImage(Image image, int x, int y, int w, int h, ImageObserver observer) {
        throw refused();
    }

    @Override
    public boolean drawImage(Image image, int x, int y, Color behind, ImageObserver observer) {
        throw refused();
    }

    @Override
    public boolean drawImage(
            Image image, int x, int y, int w, int h, Color behind, ImageObserver observer) {
        throw refused();
    }

    @Override
    public boolean drawImage(
            Image image,
            int dx1,
            int dy1,
            int dx2,
            int dy2,
            int sx1,
            int sy1,
            int sx2,
            int sy2,
            ImageObserver observer) {
        throw refused();
    }

    @Override
    public boolean drawImage(
            Image image,
            int dx1,
            int dy1,
            int dx2,
            int dy2,
            int sx1,
            int sy1,
            int sx2,
            int sy2,
            Color behind,
            ImageObserver observer) {
        throw refused();
    }

    private static UnsupportedOperationException refused() {
        return new UnsupportedOperationException("SVG export knows shapes and text only");
    }
}
