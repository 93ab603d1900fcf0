in vec3 v_world;
in vec3 v_normal;
in vec4 v_colour;
in vec2 v_uv;

uniform sampler2D u_facade;
uniform vec3 u_eye;
uniform vec3 u_tint;
uniform vec4 u_place;

out vec4 o_colour;

float chance(vec2 cell) {
	vec3 p = fract(vec3(cell.xyx) * 0.1031 + u_place.w);
	p += dot(p, p.yzx + 33.33);
	return fract((p.x + p.y) * p.z);
}

void main() {
	vec4 texel = texture(u_facade, v_uv * 0.125);
	vec3 albedo = mix(texel.rgb * u_tint, v_colour.rgb, v_colour.a);
	float glass = texel.a * (1.0 - v_colour.a);
	albedo *= albedo;

	vec3 to_eye = u_eye - v_world;
	float dist = length(to_eye);
	vec3 view = to_eye / -dist;

	// Streets are darker than roofs.
	float open = clamp(v_world.y * 0.022 + 0.55, 0.0, 1.0);
	float sun = max(dot(v_normal, sun_dir), 0.0) * open;
	vec3 ambient = mix(vec3(0.22, 0.20, 0.19), vec3(0.46, 0.52, 0.64), v_normal.y * 0.5 + 0.5) * open;
	vec3 lit = albedo * (sun_colour * sun + ambient);

	if (glass > 0.02) {
		vec3 r = reflect(view, v_normal);
		float facing = 1.0 + dot(view, v_normal);
		float fresnel = 0.16 + 0.7 * facing * facing * facing;
		vec3 mirrored = r.y > 0.0 ? sky(r) : haze_cool * 0.25;
		float glint = max(dot(r, sun_dir), 0.0);
		glint *= glint; glint *= glint; glint *= glint; glint *= glint;
		mirrored += sun_colour * (glint * glint * 3.0);
		lit = mix(lit, mirrored, glass * fresnel);
		// Here and there somebody is at home. Far off the windows are smaller than pixels: there only their mean counts.
		float near = clamp(1.6 - dist * 0.0022, 0.0, 1.0);
		float home = mix(0.15, step(0.85, chance(floor(v_uv))), near);
		lit += vec3(1.05, 0.72, 0.34) * (glass * glass * home * 0.8);
	}

	float d = max(dist - 60.0, 0.0) * 0.00115;
	float clear = 1.0 / (1.0 + d * d * (1.0 + d));
	o_colour = vec4(screen(mix(haze(view), lit, clear)), 1.0);
}
